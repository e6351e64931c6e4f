/* False alarms and delay of the alarm `relapsing` on simulated teams, beside CUSUM and Page-Hinkley.
 *
 * 200 stationary teams for 3 years: people with unlike habits (beta), five weeks of holiday each in
 * blocks of a week, public holidays, a weekday pattern, weekends unknown. Then the same with a drop
 * of everybody's chance. The charts are tuned to the promised rate twice: once on identical,
 * independent people, as one would, and once on the very series that they are judged by. Ends with 1
 * when the e-detector has more false alarms than were promised. */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "charts.h"
#include "model/relapse.h"
#include "support/dice.h"

enum {
    TEAMS = 200,
    YEARS = 3,
    DAYS = YEARS * 365,
    DROP_DAYS = 546,
    DROP_DAY = 182,
    PEOPLE_MAX = 20,
    MONDAY = 20003,
    NEVER = 100000
};
static const double A = 730;

enum detector { EDETECTOR, CUSUM, PAGE_HINKLEY };

struct world {
    int people;
    double level;
    bool is_real; /* else people are alike and never away */
    double drop;  /* share of the chance that is lost on DROP_DAY */
};

/* x[team * days + day], NAN = unknown. */
struct sample {
    double *x;
    int days;
};

/* ---- chance ------------------------------------------------------------------------------- */

static double normal(struct dice *dice)
{
    double u = 1 - dice_unit(dice);
    return sqrt(-2 * log(u)) * cos(2 * M_PI * dice_unit(dice));
}

/* Marsaglia and Tsang 2000. */
static double gamma_draw(struct dice *dice, double shape)
{
    if (shape < 1)
        return gamma_draw(dice, shape + 1) * pow(1 - dice_unit(dice), 1 / shape);
    double d = shape - 1.0 / 3;
    for (;;) {
        double n = normal(dice);
        double v = pow(1 + n / sqrt(9 * d), 3);
        double u = 1 - dice_unit(dice);
        if (v > 0 && log(u) < 0.5 * n * n + d - d * v + d * log(v))
            return d * v;
    }
}

static double beta_draw(struct dice *dice, double a, double b)
{
    double x = gamma_draw(dice, a);
    return x / (x + gamma_draw(dice, b));
}

/* ---- teams -------------------------------------------------------------------------------- */

static void add_person(const struct world *world, struct dice *dice, int days, double *x)
{
    static const double pattern[7] = {1.0, 1.08, 1.05, 1.0, 0.85, 0.02, 0.02};
    double level =
        world->is_real ? beta_draw(dice, 4 * world->level, 4 * (1 - world->level)) : world->level;
    bool away[DAYS + 365] = {false};
    for (int year = 0; world->is_real && year <= days / 365; year++) {
        for (int week = 0; week < 5; week++) {
            int first = year * 365 + (int)dice_below(dice, 365);
            for (int day = first; day < first + 7 && day < days; day++)
                away[day] = true;
        }
    }
    for (int day = 0; day < days; day++) {
        double chance = away[day] ? 0 : fmin(0.98, level * pattern[day % 7]);
        if (day >= DROP_DAY)
            chance *= 1 - world->drop;
        x[day] += dice_unit(dice) < chance ? 1.0 / world->people : 0;
    }
}

static struct sample draw(const struct world *world, uint64_t seed, int days)
{
    struct dice dice = {.state = seed};
    struct sample sample = {.x = mem_alloc_array((size_t)(TEAMS * days), sizeof(double)),
                            .days = days};
    bool *closed = mem_alloc_array((size_t)days, sizeof *closed);
    for (int day = 0; day < days; day++)
        closed[day] = day % 7 >= 5 || dice_unit(&dice) < 10.0 / 260;
    for (int team = 0; team < TEAMS; team++) {
        double *x = sample.x + team * days;
        for (int person = 0; person < world->people; person++)
            add_person(world, &dice, days, x);
        for (int day = 0; day < days; day++)
            x[day] = closed[day] ? (double)NAN : fmin(1, x[day]);
    }
    mem_free(closed);
    return sample;
}

/* ---- detectors ---------------------------------------------------------------------------- */

/* After an alarm each begins anew at once, so that every false one counts. Returns how many; *ret_first
 * is the first from day `from` on, NEVER = none. */
static int run_edetector(const double *x, int days, int from, int *ret_first)
{
    struct relapse relapse = {.known_count = 0};
    int fired = 0;
    for (int day = 0; day < days; day++) {
        struct estimate share = isnan(x[day]) ? estimate_unknown() : estimate_point(x[day], 1);
        if (relapse_close(&relapse, MONDAY + day, share, 0, A).event != EDETECTOR_OPENED)
            continue;
        relapse.detector = (struct edetector){.open = false};
        relapse.window_count = 0;
        relapse.has_r = relapse.has_q = false;
        fired++;
        if (day >= from && *ret_first == NEVER)
            *ret_first = day;
    }
    return fired;
}

static int run_chart(enum detector detector, double threshold, const double *x, int days, int from,
                     int *ret_first)
{
    struct cusum cusum = {.seen = 0};
    struct page_hinkley page_hinkley = {.count = 0};
    int fired = 0;
    for (int day = 0; day < days; day++) {
        if (isnan(x[day]))
            continue;
        if (detector == CUSUM ? !cusum_step(&cusum, day % 7, x[day], threshold)
                              : !page_hinkley_step(&page_hinkley, x[day], threshold))
            continue;
        fired++;
        if (day >= from && *ret_first == NEVER)
            *ret_first = day;
    }
    return fired;
}

static int run(enum detector detector, double threshold, const double *x, int days, int from,
               int *ret_first)
{
    *ret_first = NEVER;
    return detector == EDETECTOR ? run_edetector(x, days, from, ret_first)
                                 : run_chart(detector, threshold, x, days, from, ret_first);
}

/* ---- figures ------------------------------------------------------------------------------ */

/* False alarms a team-year. */
static double rate(enum detector detector, double threshold, const struct sample *sample)
{
    int fired = 0;
    int first;
    for (int team = 0; team < TEAMS; team++)
        fired += run(detector, threshold, sample->x + team * sample->days, sample->days, 0, &first);
    return fired / ((double)TEAMS * sample->days / 365);
}

/* Known observations of the sample over A: what is promised at most, a team-year. */
static double promised(const struct sample *sample)
{
    int known = 0;
    for (int i = 0; i < TEAMS * sample->days; i++)
        known += !isnan(sample->x[i]);
    return known / A / ((double)TEAMS * sample->days / 365);
}

/* The threshold at which a chart has at most the promised rate. */
static double tune(enum detector detector, const struct sample *sample)
{
    double low = 0.05;
    double high = 80;
    double target = promised(sample);
    for (int i = 0; i < 16; i++) {
        double middle = sqrt(low * high);
        if (rate(detector, middle, sample) > target)
            low = middle;
        else
            high = middle;
    }
    return high;
}

static int compare(const void *a, const void *b)
{
    int left = *(const int *)a;
    int right = *(const int *)b;
    return (left > right) - (left < right);
}

/* Median delay in days, NEVER when fewer than half are found. */
static int delay(enum detector detector, double threshold, const struct sample *dropped)
{
    int delays[TEAMS];
    for (int team = 0; team < TEAMS; team++) {
        int first;
        run(detector, threshold, dropped->x + team * dropped->days, dropped->days, DROP_DAY,
            &first);
        delays[team] = first == NEVER ? NEVER : first - DROP_DAY;
    }
    qsort(delays, TEAMS, sizeof delays[0], compare);
    return delays[TEAMS / 2];
}

static void print_row(const char *name, enum detector detector, double threshold,
                      const struct sample *calm, const struct sample dropped[2])
{
    printf("  %-38s %6.3f", name, rate(detector, threshold, calm));
    for (int i = 0; i < 2; i++) {
        int days = delay(detector, threshold, &dropped[i]);
        if (days == NEVER)
            printf("  %8s", "rarely");
        else
            printf("  %6d d", days);
    }
    printf("\n");
}

int main(void)
{
    static const int sizes[] = {3, 8, 20};
    static const double levels[] = {0.15, 0.3, 0.5, 0.7};
    const struct world simple = {.people = 8, .level = 0.5};
    struct sample ideal = draw(&simple, 7, DAYS);
    double ideal_cusum = tune(CUSUM, &ideal);
    double ideal_page = tune(PAGE_HINKLEY, &ideal);
    bool kept = true;
    printf("%d stationary teams x %d years; A = %.0f known days; promised: at most %.3f false "
           "alarms a team-year\n\n%-40s %6s  %8s  %8s\n",
           TEAMS, YEARS, A, promised(&ideal), "", "false", "-50 %", "-75 %");
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        for (size_t l = 0; l < sizeof levels / sizeof levels[0]; l++) {
            struct world world = {.people = sizes[s], .level = levels[l], .is_real = true};
            struct sample calm = draw(&world, 1, DAYS);
            struct sample dropped[2];
            for (int i = 0; i < 2; i++) {
                world.drop = i == 0 ? 0.5 : 0.75;
                dropped[i] = draw(&world, 2, DROP_DAYS);
            }
            printf("%d people, %.2f of them on a day\n", sizes[s], levels[l]);
            print_row("e-detector", EDETECTOR, 0, &calm, dropped);
            print_row("CUSUM, tuned on these series", CUSUM, tune(CUSUM, &calm), &calm, dropped);
            print_row("Page-Hinkley, tuned on these series", PAGE_HINKLEY,
                      tune(PAGE_HINKLEY, &calm), &calm, dropped);
            print_row("CUSUM, tuned on people all alike", CUSUM, ideal_cusum, &calm, dropped);
            print_row("Page-Hinkley, tuned on people all alike", PAGE_HINKLEY, ideal_page, &calm,
                      dropped);
            kept = kept && rate(EDETECTOR, 0, &calm) <= promised(&calm);
            mem_free(calm.x);
            mem_free(dropped[0].x);
            mem_free(dropped[1].x);
        }
    }
    mem_free(ideal.x);
    printf("\nthe promise is %s in every case\n", kept ? "kept" : "BROKEN");
    return kept ? 0 : 1;
}
