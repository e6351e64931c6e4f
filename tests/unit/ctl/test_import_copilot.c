/* What GitHub says of a person's day becomes use of what was used, and totals become nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "ctl/import.h"
#include "imported.h"

static void check(const char *json, const char *events, const char *reasons)
{
    assert_imported(&import_copilot, NULL, json, events, reasons);
}

static void test_a_day_of_a_person(void **state)
{
    (void)state;
    check("{'user_login':'ada','day':'2025-10-01','totals_by_feature':["
          "{'feature':'code_completion','code_generation_activity_count':9,'code_acceptance_activity_count':1},"
          "{'feature':'chat_panel_ask_mode','user_initiated_interaction_count':2},"
          "{'feature':'chat_inline','code_generation_activity_count':3},"
          "{'feature':'others','loc_added_sum':7}]}",
          "2025-10-01T00:00:00.000Z usage {'team':'t','user':'ada','assist':'ai','tool':'copilot','capability':"
          "'code_completion'}|"
          "2025-10-01T00:00:00.000Z usage {'team':'t','user':'ada','assist':'ai','tool':'copilot','capability':"
          "'chat_panel_ask_mode'}|"
          "2025-10-01T00:00:00.000Z usage {'team':'t','user':'ada','assist':'ai','tool':'copilot'}|",
          "");
    /* Flags stand for what has no feature, and say nothing twice; who has no login has a number. */
    check("{'user_id':338097,'day':'2025-10-01','used_cli':true,'used_agent':true,'totals_by_feature':["
          "{'feature':'copilot_cli','user_initiated_interaction_count':1}]}",
          "2025-10-01T00:00:00.000Z usage {'team':'t','user':'338097','assist':'ai','tool':'copilot','capability':"
          "'copilot_cli'}|",
          "");
    check("{'user_login':'ada','day':'2025-10-01','used_chat':true}",
          "2025-10-01T00:00:00.000Z usage {'team':'t','user':'ada','assist':'ai','tool':'copilot'}|", "");
    check("{'user_login':'ada','day':'2025-10-01','used_copilot_code_review_passive':true}", "",
          "no_use(totals_by_feature)|");
    check("{'user_login':'ada','day':'2025-10-01','code_generation_activity_count':12,'used_chat':false}", "",
          "only_shown(code_generation_activity_count)|");
    check("{'user_login':'ada','day':'2025-02-30','used_chat':true}", "", "time(day)|");
    check("{'user_login':'ada','used_chat':true}", "", "time(day)|");
    check("{'day':'2025-10-01','used_chat':true,'totals_by_feature':[]}", "", "no_user(user_login)|");
}

static void test_seats(void **state)
{
    (void)state;
    check("{'created_at':'2025-01-01T00:00:00Z','last_activity_at':'2025-10-01T08:00:00+02:00',"
          "'assignee':{'login':'ada'},'assigning_team':{'slug':'platform'}}",
          "2025-10-01T06:00:00.000Z usage {'team':'platform','user':'ada','assist':'ai','tool':'copilot'}|", "");
    check("{'last_activity_at':null,'assignee':{'login':'ada'}}", "", "no_use(last_activity_at)|");
    check("{'last_activity_at':'never','assignee':{'login':'ada'}}", "", "time(last_activity_at)|");
    check("{'last_activity_at':'2025-10-01T08:00:00Z','assignee':{}}", "", "no_user(assignee.login)|");
}

static void test_totals_are_nobodys(void **state)
{
    (void)state;
    check("{'date':'2024-06-24','total_active_users':24,'copilot_ide_chat':{}}", "", "totals(total_active_users)|");
    check("{'day':'2026-04-25','daily_active_users':2,'totals_by_feature':[]}", "", "totals(daily_active_users)|");
    check("{'day':'2024-03-18','total_suggestions_count':9,'breakdown':[]}", "", "totals(total_suggestions_count)|");
    check("{'product':'Copilot','user':'ada','grossQuantity':3}", "", "totals(grossQuantity)|");
    check("{'a':1}", "", "unknown()|");
    check("[1]", "", "unknown()|");
    check("'text'", "", "unknown()|");
}

/* The same day in another report, with other figures in it and more around it, is the same event. */
static void test_the_id_is_of_the_person_and_the_day(void **state)
{
    (void)state;
    struct imported one = import_record(&import_copilot, NULL,
                                        "{'user_login':'ada','day':'2025-10-01','used_cli':true,'loc_added_sum':1}");
    struct imported same = import_record(
        &import_copilot, NULL, "{'report_end_day':'2025-10-28','day':'2025-10-01','used_cli':true,'user_login':'ada'}");
    struct imported other = import_record(&import_copilot, NULL,
                                          "{'user_login':'bob','day':'2025-10-01','used_cli':true}");
    assert_string_equal(strbuf_text(&one.lines), strbuf_text(&same.lines));
    const char *id = strstr(strbuf_text(&one.lines), "\"id\":"), *other_id = strstr(strbuf_text(&other.lines), "\"id\":");
    assert_int_not_equal(strncmp(id, other_id, 20), 0);
    imported_done(&one);
    imported_done(&same);
    imported_done(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_day_of_a_person),
        cmocka_unit_test(test_seats),
        cmocka_unit_test(test_totals_are_nobodys),
        cmocka_unit_test(test_the_id_is_of_the_person_and_the_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
