/* Health, 0 to 100: a geometric mean, no good part buys a bad one. measures.md, Health. */
#include "model/health.h"

#include <math.h>

/* The measures behind the components, and the record each is in. */
enum part {
    PART_REGULAR,
    PART_BYPASS_RATE,
    PART_JUDGEMENT,
    PART_SUCCESS_LIFT,
    PART_QUALITY_LIFT,
    PART_CYCLE_RATIO,
    PART_DURABILITY_28,
    PART_CAPABILITIES_HELD,
    PART_ATTRITION_365,
    PARTS
};

static const struct {
    enum measure measure;
    enum window window;
} SOURCES[PARTS] = {
    [PART_REGULAR] = {MEASURE_regular, WINDOW_OWN},
    [PART_BYPASS_RATE] = {MEASURE_bypass_rate, WINDOW_28D},
    [PART_JUDGEMENT] = {MEASURE_judgement, WINDOW_28D},
    [PART_SUCCESS_LIFT] = {MEASURE_success_lift, WINDOW_28D},
    [PART_QUALITY_LIFT] = {MEASURE_quality_lift, WINDOW_28D},
    [PART_CYCLE_RATIO] = {MEASURE_cycle_ratio, WINDOW_28D},
    [PART_DURABILITY_28] = {MEASURE_durability_28, WINDOW_OWN},
    [PART_CAPABILITIES_HELD] = {MEASURE_capabilities_held, WINDOW_OWN},
    [PART_ATTRITION_365] = {MEASURE_attrition_365, WINDOW_OWN},
};

/* A component counts at least this much: the logarithm of 0 would silence all others. */
static const double FLOOR = 0.05;
/* Full marks. */
static const double REGULAR_FULL = 0.8;
static const double CAPABILITIES_FULL = 3;
/* Results that fall by so much take the whole worth of speed away: 1/20. */
static const double SPEED_LOSS = 20;
static const double RATIO_MIN = 1e-300;

struct components {
    bool known[HEALTH_COMPONENTS];
    double value[HEALTH_COMPONENTS];
};

/* b: the lower known one of the lifts of success and quality. Speed counts only while results hold.
 * */
static double lift_component(double b, const struct estimate *ratio)
{
    double c = ratio->known ? -log(fmax(ratio->value, RATIO_MIN)) / 2 : 0;
    double g = c <= 0 ? 1 : fmax(0, 1 + SPEED_LOSS * fmin(0, b));
    return 0.5 + 0.5 * tanh(2 * b + c * g);
}

static struct components find_components(const struct estimate parts[PARTS])
{
    struct components c;
    const struct estimate *success = &parts[PART_SUCCESS_LIFT];
    const struct estimate *quality = &parts[PART_QUALITY_LIFT];
    double bypass = parts[PART_BYPASS_RATE].known ? parts[PART_BYPASS_RATE].value : 0;
    double lift = success->known ? success->value : quality->value;
    if (success->known && quality->known)
        lift = fmin(success->value, quality->value);

    c.known[HEALTH_REACH] = parts[PART_REGULAR].known;
    c.value[HEALTH_REACH] = fmin(1, parts[PART_REGULAR].value / REGULAR_FULL) * (1 - bypass);
    c.known[HEALTH_JUDGEMENT] = parts[PART_JUDGEMENT].known;
    c.value[HEALTH_JUDGEMENT] = fmax(0, 2 * parts[PART_JUDGEMENT].value - 1);
    c.known[HEALTH_LIFT] = success->known || quality->known;
    c.value[HEALTH_LIFT] = lift_component(lift, &parts[PART_CYCLE_RATIO]);
    c.known[HEALTH_DURABILITY] = parts[PART_DURABILITY_28].known;
    c.value[HEALTH_DURABILITY] = parts[PART_DURABILITY_28].value;
    c.known[HEALTH_GROWTH] = parts[PART_CAPABILITIES_HELD].known;
    c.value[HEALTH_GROWTH] = fmin(1, parts[PART_CAPABILITIES_HELD].value / CAPABILITIES_FULL);
    c.known[HEALTH_STAYING] = parts[PART_ATTRITION_365].known;
    c.value[HEALTH_STAYING] = fmax(0, 1 - parts[PART_ATTRITION_365].value);
    return c;
}

/* The sum of -w ln(component), w out of `total`; fills the single ones where ret_losses is not
 * NULL. */
static double sum_losses(const struct estimate parts[PARTS], const double *weights, double total,
                         double *ret_losses)
{
    struct components c = find_components(parts);
    double sum = 0;
    for (int i = 0; i < HEALTH_COMPONENTS; i++) {
        double loss = c.known[i] ? -weights[i] * log(fmax(FLOOR, c.value[i])) / total : 0;
        sum += loss;
        if (ret_losses != NULL)
            ret_losses[i] = loss;
    }
    return sum;
}

/* Squares and adds what each measure alone can do to f within its limits. */
static void find_limits(const struct estimate parts[PARTS], const double *weights, double total,
                        struct estimate *health)
{
    double f = -sum_losses(parts, weights, total, NULL);
    double up = 0;
    double down = 0;
    for (int i = 0; i < PARTS; i++) {
        if (!parts[i].known)
            continue;
        struct estimate moved[PARTS];
        for (int j = 0; j < PARTS; j++)
            moved[j] = parts[j];
        moved[i].value = parts[i].lo;
        double to_lo = -sum_losses(moved, weights, total, NULL) - f;
        moved[i].value = parts[i].hi;
        double to_hi = -sum_losses(moved, weights, total, NULL) - f;
        double rise = fmax(0, fmax(to_lo, to_hi));
        double fall = fmin(0, fmin(to_lo, to_hi));
        up += rise * rise;
        down += fall * fall;
    }
    health->lo = 100 * exp(f - sqrt(down));
    health->hi = fmin(100, 100 * exp(f + sqrt(up)));
}

static void find_parts(const struct evaluation *evaluation, struct estimate ret_parts[PARTS])
{
    for (int i = 0; i < PARTS; i++)
        ret_parts[i] = evaluation->windows[SOURCES[i].window].values[SOURCES[i].measure];
}

struct estimate health_find_component(const struct evaluation *evaluation, enum health_component component)
{
    struct estimate parts[PARTS];
    find_parts(evaluation, parts);
    struct components c = find_components(parts);
    return c.known[component] ? estimate_point(c.value[component], 0) : estimate_unknown();
}

void health_judge(const struct settings *settings, struct evaluation *evaluation)
{
    struct estimate parts[PARTS];
    find_parts(evaluation, parts);
    evaluation->health = estimate_unknown();
    evaluation->has_health_limit = false;
    struct components c = find_components(parts);
    double total = 0;
    for (int i = 0; i < HEALTH_COMPONENTS; i++)
        total += c.known[i] ? settings->health_weights[i] : 0;
    if (!c.known[HEALTH_REACH] || !(c.known[HEALTH_JUDGEMENT] || c.known[HEALTH_LIFT]) ||
        total <= 0)
        return;

    double losses[HEALTH_COMPONENTS];
    double f = -sum_losses(parts, settings->health_weights, total, losses);
    double headcount = evaluation->windows[WINDOW_OWN].values[MEASURE_headcount].value;
    evaluation->health = estimate_interval(100 * exp(f), 0, 0, headcount);
    find_limits(parts, settings->health_weights, total, &evaluation->health);

    int worst = HEALTH_REACH;
    for (int i = 0; i < HEALTH_COMPONENTS; i++) {
        if (losses[i] > losses[worst])
            worst = i;
    }
    evaluation->has_health_limit = losses[worst] > 0;
    evaluation->health_limit = (enum health_component)worst;
}
