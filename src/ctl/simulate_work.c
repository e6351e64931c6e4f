/* One task of a simulated team: the work, what was decided on the advice, and how it turned out. */
#include <math.h>
#include <stdio.h>

#include "simulate_team_priv.h"

enum { MIX_DAYS = 200, OUTCOME_DAYS_MAX = 28 };

/* What is known of a task while it is told. */
struct piece {
    const struct simulate_member *member;
    char name[96];
    int32_t day;
    int64_t time_ms;
    uint32_t workflow; /* number in the archetype */
    enum assist assist;
    bool drawn, named, explained;
    bool right, first_right; /* the advice; the answer before it */
    enum action action;      /* what a person would do, or a rule did */
};

static bool hits(struct simulate_team *team, double p)
{
    return chance_hits(&team->chance, p);
}

static const char *pick_word(struct simulate_team *team, const char *const *words)
{
    uint32_t count = 0;
    while (count < ARCHETYPE_WORDS && words[count] != NULL)
        count++;
    return count > 0 ? words[chance_below(&team->chance, count)] : NULL;
}

static void put_true(struct json_write *json, const char *name, bool value)
{
    json_write_name(json, name);
    json_write_bool(json, value);
}

/* ---- the work -------------------------------------------------------------------------------- */

static void draw_assist(struct simulate_team *team, struct piece *piece, bool ai_day)
{
    const struct archetype *a = &team->archetype;
    double ai = a->ai_of_day * a->workflow_ai[piece->workflow];
    piece->drawn = hits(team, a->random);
    bool with_ai = piece->drawn ? hits(team, 0.5) : ai_day && hits(team, ai);
    double bypass = archetype_curve(&a->bypass, piece->day);
    bool offered = ai_day || (piece->drawn && with_ai);
    if (hits(team, offered ? bypass : bypass / 3))
        piece->assist = ASSIST_BYPASS;
    else
        piece->assist = with_ai ? ASSIST_AI : ASSIST_NONE;
}

static const char *draw_kind(struct simulate_team *team, const struct piece *piece)
{
    static const char *const kinds[WORK_KINDS] = {"routine", "judgement", "creative", "relational"};
    const struct archetype *a = &team->archetype;
    bool apart = a->entry_kinds[0][0] > 0 && simulate_member_is_entry(piece->member);
    const double(*mix)[WORK_KINDS] = apart ? a->entry_kinds : a->kinds;
    double x = piece->day < MIX_DAYS ? (double)piece->day / MIX_DAYS : 1;
    double weights[WORK_KINDS];
    for (int i = 0; i < WORK_KINDS; i++)
        weights[i] = mix[0][i] + (mix[1][i] - mix[0][i]) * x;
    return kinds[chance_pick(&team->chance, weights, WORK_KINDS, 1)];
}

static void put_advice(struct simulate_team *team, struct piece *piece, struct json_write *json)
{
    const struct archetype *a = &team->archetype;
    simulate_put_word(json, "tool", "assistant");
    if (hits(team, 0.3)) {
        char capability[24];
        uint32_t months = 1 + (uint32_t)piece->day / 30;
        uint32_t known = 1 + (a->capabilities < months ? a->capabilities : months);
        (void)snprintf(capability, sizeof capability, "cap-%u", chance_below(&team->chance, known));
        simulate_put_word(json, "capability", capability);
    }
    piece->explained = hits(team, a->explained);
    if (piece->explained)
        put_true(json, "explained", true);
    if (hits(team, archetype_curve(&a->batch, piece->day)))
        put_true(json, "batch", hits(team, 0.9));
}

static void tell_work(struct simulate_team *team, struct piece *piece)
{
    static const char *const assists[] = {
        [ASSIST_AI] = "ai", [ASSIST_NONE] = "none", [ASSIST_BYPASS] = "bypass"};
    const struct archetype *a = &team->archetype;
    struct json_write *json = simulate_team_begin(team, EVENT_USAGE, piece->time_ms, NULL);
    simulate_put_word(json, "user", piece->member->name);
    simulate_put_word(json, "assist", assists[piece->assist]);
    piece->named = !hits(team, 0.03);
    if (piece->named)
        simulate_put_word(json, "task", piece->name);
    if (!hits(team, 0.05))
        simulate_put_word(json, "workflow", a->workflows[piece->workflow]);
    if (hits(team, a->kind_known))
        simulate_put_word(json, "kind", draw_kind(team, piece));
    if (piece->drawn)
        simulate_put_word(json, "assignment", "random");
    if (piece->assist == ASSIST_BYPASS && hits(team, 0.6))
        simulate_put_word(json, "reason", pick_word(team, a->bypass_reasons));
    if (piece->assist == ASSIST_AI)
        put_advice(team, piece, json);
    simulate_team_end(team);
}

/* ---- the decision ---------------------------------------------------------------------------- */

static const char *const actions[] = {
    [ACTION_ACCEPT] = "accept", [ACTION_MODIFY] = "modify", [ACTION_REJECT] = "reject"};

static enum action draw_override(struct simulate_team *team)
{
    return hits(team, 0.5) ? ACTION_MODIFY : ACTION_REJECT;
}

static void tell_decision(struct simulate_team *team, const struct piece *piece, const char *user,
                          enum action action, int64_t time_ms, const char *by)
{
    const char *reason = NULL;
    struct json_write *json = simulate_team_begin(team, EVENT_OVERRIDE, time_ms, NULL);
    simulate_put_word(json, "user", user);
    simulate_put_word(json, "task", piece->name);
    simulate_put_word(json, "action", actions[action]);
    if (user == piece->member->name && piece->assist == ASSIST_AI && hits(team, 0.3))
        reason = pick_word(team, team->archetype.reasons);
    if (reason != NULL)
        simulate_put_word(json, "reason", reason);
    if (by != NULL)
        simulate_put_word(json, "by", by);
    simulate_team_end(team);
}

/* A rule or a person, or a person after the rule. */
static void decide(struct simulate_team *team, struct piece *piece)
{
    const struct archetype *a = &team->archetype;
    double keen = piece->explained ? 0.8 : 1.0;
    bool overrides =
        piece->right ? hits(team, a->right_refused * keen) : !hits(team, a->wrong_kept * keen);
    enum action action = overrides ? draw_override(team) : ACTION_ACCEPT;
    bool ruled = hits(team, a->policy);
    bool again = ruled && hits(team, 0.15);
    if (ruled) {
        enum action rule = hits(team, 0.85) ? ACTION_ACCEPT : draw_override(team);
        tell_decision(team, piece, "rules", rule, piece->time_ms + 2000, "policy");
        action = again ? action : rule;
    }
    piece->action = action;
    if (a->decides && (again || (!ruled && (action != ACTION_ACCEPT || hits(team, 0.25))))) {
        int64_t later_ms = (int64_t)(chance_between(&team->chance, 10, 900) * 1000);
        const char *by = a->policy > 0 && hits(team, 0.3) ? "person" : NULL;
        tell_decision(team, piece, piece->member->name, action, piece->time_ms + later_ms, by);
    }
}

/* ---- the outcome ----------------------------------------------------------------------------- */

static bool draw_success(struct simulate_team *team, const struct piece *piece)
{
    const struct archetype *a = &team->archetype;
    double p = a->manual;
    if (piece->assist == ASSIST_AI && piece->action == ACTION_ACCEPT)
        p = piece->right ? 0.95 : 0.12;
    else if (piece->assist == ASSIST_AI)
        p = piece->right ? 0.55 : 0.82;
    return hits(team, p + a->workflow_success[piece->workflow]);
}

static double round_to(double value, uint32_t digits)
{
    double scale = 1;
    for (uint32_t i = 0; i < digits; i++)
        scale *= 10;
    return round(value * scale) / scale;
}

static void put_quality(struct simulate_team *team, const struct piece *piece, bool ok,
                        struct json_write *json)
{
    double more = piece->assist == ASSIST_AI ? team->archetype.quality : 0;
    double quality = 0.55 + (ok ? 0.2 : 0) + more + chance_normal(&team->chance, 0, 0.12);
    json_write_name(json, "quality");
    json_write_number(json, round_to(fmin(1, fmax(0, quality)), hits(team, 0.2) ? 5 : 2));
}

static void put_times(struct simulate_team *team, const struct piece *piece,
                      struct json_write *json)
{
    const struct archetype *a = &team->archetype;
    double factor = piece->assist == ASSIST_AI       ? a->speed
                    : piece->assist == ASSIST_BYPASS ? 1.15
                                                     : 1;
    double base = log(2400) + 0.3 * ((double)strlen(a->workflows[piece->workflow]) - 5);
    double cycle = factor * exp(chance_normal(&team->chance, base, 0.5));
    cycle = fmax(1, round_to(cycle, chance_below(&team->chance, 5)));
    json_write_name(json, "cycle_s");
    json_write_number(json, cycle);
    if (!hits(team, 0.4))
        return;
    double effort =
        round_to(cycle * chance_between(&team->chance, 0.2, 0.5), chance_below(&team->chance, 3));
    json_write_name(json, "effort_s");
    json_write_number(json, fmax(0.1, effort));
}

static void put_truth(struct simulate_team *team, const struct piece *piece,
                      struct json_write *json)
{
    const struct archetype *a = &team->archetype;
    double judged = piece->action == ACTION_ACCEPT ? a->judged : a->judged_overridden;
    if (piece->assist != ASSIST_AI || !hits(team, judged))
        return;
    put_true(json, "advice_correct", piece->right);
    if (hits(team, 0.8))
        put_true(json, "initial_correct", piece->first_right);
}

static void tell_outcome(struct simulate_team *team, const struct piece *piece)
{
    static const char *const sayers[SAID_BY] = {"system", "reviewer", "customer", "self"};
    struct chance *chance = &team->chance;
    bool ok = draw_success(team, piece);
    double later_ms =
        fmin((double)OUTCOME_DAYS_MAX * DAY_MS, chance_exponential(chance, 1.5 * DAY_MS) + 60000);
    struct json_write *json = simulate_team_begin(
        team, EVENT_OUTCOME, piece->time_ms + (int64_t)later_ms, "/gen/outcomes");
    simulate_put_word(json, "task", piece->name);
    bool says_success = hits(team, 0.95);
    bool says_rework = hits(team, 0.5);
    if (says_success || !says_rework) /* it must say something */
        put_true(json, "success", ok);
    if (hits(team, 0.6))
        put_quality(team, piece, ok, json);
    if (hits(team, 0.8))
        put_times(team, piece, json);
    if (says_rework)
        put_true(json, "rework", hits(team, ok ? 0.1 : 0.5));
    put_truth(team, piece, json);
    uint32_t by = chance_pick(chance, team->archetype.by, SAID_BY, 1);
    if (by != 0 || hits(team, 0.1))
        simulate_put_word(json, "by", sayers[by]);
    simulate_team_end(team);
}

/* ---- all of it ------------------------------------------------------------------------------- */

void simulate_team_work(struct simulate_team *team, const struct simulate_member *member,
                        int32_t day, bool ai_day)
{
    const struct archetype *a = &team->archetype;
    struct piece piece = {.member = member,
                          .day = day,
                          .workflow = chance_below(&team->chance, team->workflow_count)};
    piece.time_ms = simulate_team_moment(team, day, 7, 18);
    (void)snprintf(piece.name, sizeof piece.name, "%s/%llu", team->name,
                   (unsigned long long)++team->tasks);
    draw_assist(team, &piece, ai_day);
    if (a->feed_ai_only && piece.assist == ASSIST_NONE)
        return;
    tell_work(team, &piece);
    if (!piece.named)
        return;
    piece.right = hits(team, a->advice);
    piece.first_right = hits(team, 0.62);
    if (piece.assist == ASSIST_AI)
        decide(team, &piece);
    else if (a->decides && hits(team, 0.01))
        tell_decision(team, &piece, member->name, ACTION_ACCEPT, piece.time_ms + 5000, NULL);
    if (hits(team, a->outcomes))
        tell_outcome(team, &piece);
}
