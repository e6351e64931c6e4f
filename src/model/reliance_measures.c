/* Appropriate reliance: when advice was used, when overridden. measures.md, that section. */
#include "model/reliance_measures.h"

#include "model/record.h"
#include "stat/interval.h"
#include "stat/reliance.h"

/* Scored decisions and how many there were of both kinds. */
struct decisions {
    struct reliance_counts scored, explained;
    int64_t accepted, overridden;
};

static struct decisions decisions_of(const struct counters *c)
{
    return (struct decisions){
        .scored = {c->at[COUNTER_ca], c->at[COUNTER_wa], c->at[COUNTER_co], c->at[COUNTER_wo]},
        .explained = {c->at[COUNTER_ca_x], c->at[COUNTER_wa_x], c->at[COUNTER_co_x],
                      c->at[COUNTER_wo_x]},
        .accepted = c->at[COUNTER_accepted],
        .overridden = c->at[COUNTER_modified] + c->at[COUNTER_rejected],
    };
}

static int64_t all_of(const struct reliance_counts *s)
{
    return s->ca + s->wa + s->co + s->wo;
}

static void put_truth(const struct decisions *d, uint32_t reasons, struct record *record)
{
    const struct reliance_counts *s = &d->scored;
    record_put(record, MEASURE_over_reliance, interval_wilson(s->wa, s->wa + s->co), reasons);
    record_put(record, MEASURE_under_reliance, interval_wilson(s->wo, s->wo + s->ca), reasons);
    record_put(record, MEASURE_override_precision, interval_wilson(s->co, s->co + s->wo), reasons);
    record_put(record, MEASURE_judgement, reliance_judgement(s), reasons);
    record_put(record, MEASURE_d_prime, reliance_d_prime(s), reasons);
    record_put(record, MEASURE_criterion, reliance_criterion(s), reasons);
    record_put(record, MEASURE_over_reliance_adjusted,
               reliance_over_adjusted(d->accepted, d->overridden, s), reasons);
    record_put(record, MEASURE_under_reliance_adjusted,
               reliance_under_adjusted(d->accepted, d->overridden, s), reasons);
}

static void put_explained_gain(const struct decisions *d, uint32_t reasons, struct record *record)
{
    const struct reliance_counts *s = &d->scored, *x = &d->explained;
    const struct reliance_counts rest = {s->ca - x->ca, s->wa - x->wa, s->co - x->co,
                                         s->wo - x->wo};
    reasons |= record_reason(BECAUSE_NO_COMPARISON, all_of(x) == 0 || all_of(&rest) == 0);
    record_put(record, MEASURE_judgement_explained_gain,
               interval_square_and_add(reliance_judgement(x), reliance_judgement(&rest)), reasons);
}

static void put_choice(const struct decisions *d, uint32_t reasons, struct record *record)
{
    const struct reliance_counts *s = &d->scored;
    int64_t chosen = d->accepted + d->overridden;
    record_put(record, MEASURE_accept_rate, interval_wilson(d->accepted, chosen), reasons);
    record_put(record, MEASURE_override_rate, interval_wilson(d->overridden, chosen), reasons);
    record_put(record, MEASURE_accepted_scored, interval_wilson(s->ca + s->wa, d->accepted),
               reasons);
    record_put(record, MEASURE_overridden_scored, interval_wilson(s->co + s->wo, d->overridden),
               reasons);
    record_put_flag(record, MEASURE_verification_bias,
                    reliance_verification_bias(d->accepted, d->overridden, s), reasons);
}

/* Over all workflows, silent ones too. */
static void put_everywhere(const struct counters *all, uint32_t no_work, struct record *record)
{
    struct decisions d = decisions_of(all);
    int64_t chosen = d.accepted + d.overridden, tasks = all->at[COUNTER_tasks];
    uint32_t no_decisions = no_work | record_reason(BECAUSE_NO_DECISIONS, true);
    record_put(record, MEASURE_decided_share, interval_wilson(all->at[COUNTER_decided], chosen),
               no_decisions);
    record_put(record, MEASURE_scored_share, interval_wilson(all_of(&d.scored), chosen),
               no_decisions);
    record_put(record, MEASURE_auto_share, interval_wilson(all->at[COUNTER_auto], tasks), no_work);
    record_put(record, MEASURE_batch_share, interval_wilson(all->at[COUNTER_batch], tasks),
               no_work);
    int64_t rair_n = all->at[COUNTER_rair_n], rsr_n = all->at[COUNTER_rsr_n];
    uint32_t reasons = no_work |
                       record_reason(BECAUSE_NO_OUTCOMES, all->at[COUNTER_outcomes] == 0) |
                       record_reason(BECAUSE_NO_TRUTH, rair_n + rsr_n == 0);
    record_put(record, MEASURE_rair, interval_wilson(all->at[COUNTER_rair_k], rair_n), reasons);
    record_put(record, MEASURE_rsr, interval_wilson(all->at[COUNTER_rsr_k], rsr_n), reasons);
}

void reliance_measure(const struct window_sums *sums, struct record *record)
{
    struct counters all = {{0}}, spoken = {{0}};
    for (size_t i = 0; i < sums->count; i++) {
        const struct workflow_sums *workflow = &sums->workflows[i];
        windows_pool(workflow, ARMS_AI, &all);
        if (sums->decided[workflow->number])
            windows_pool(workflow, ARMS_AI, &spoken);
    }
    struct decisions d = decisions_of(&spoken);
    uint32_t no_work = record_reason(BECAUSE_NO_WORK, all.at[COUNTER_tasks] == 0);
    uint32_t choice = no_work | record_reason(BECAUSE_NO_DECISIONS, d.accepted + d.overridden == 0);
    uint32_t truth = choice | record_reason(BECAUSE_NO_OUTCOMES, spoken.at[COUNTER_outcomes] == 0) |
                     record_reason(BECAUSE_NO_TRUTH, all_of(&d.scored) == 0);
    put_truth(&d, truth, record);
    put_explained_gain(&d, truth, record);
    put_choice(&d, choice, record);
    put_everywhere(&all, no_work, record);
}

static struct estimate trusted(const struct record *record, enum measure raw, enum measure adjusted)
{
    struct estimate bias = record->values[MEASURE_verification_bias];
    bool corrected = bias.known && bias.value > 0 && record->values[adjusted].known;
    return record->values[corrected ? adjusted : raw];
}

struct estimate reliance_trusted_over(const struct record *record)
{
    return trusted(record, MEASURE_over_reliance, MEASURE_over_reliance_adjusted);
}

struct estimate reliance_trusted_under(const struct record *record)
{
    return trusted(record, MEASURE_under_reliance, MEASURE_under_reliance_adjusted);
}

void reliance_measure_autonomy(const struct counters *now, const struct counters *before,
                               const struct record *month, uint32_t too_new, struct record *own)
{
    const double lenient = 0.25;
    struct estimate more = interval_newcombe(now->at[COUNTER_batch], now->at[COUNTER_tasks],
                                             before->at[COUNTER_batch], before->at[COUNTER_tasks]);
    struct estimate trust = reliance_trusted_over(month);
    enum flag unearned = FLAG_UNKNOWN;
    if (more.known && trust.known)
        unearned = flag_of(more.lo > 0 && trust.lo > lenient);
    record_put_flag(own, MEASURE_autonomy_unearned, unearned,
                    too_new | record_reason(BECAUSE_NO_WORK, !more.known) |
                        record_reasons_of(month, MEASURE_over_reliance));
}
