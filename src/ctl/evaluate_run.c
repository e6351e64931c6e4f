/* Runs a file of events through shards as the daemon runs Kafka's, without any server. */
#include "ctl/evaluate_run.h"

#include "base/mem.h"
#include "codec/event_decode.h"
#include "codec/line.h"
#include "io/file_source.h"

/* As in the daemon, work that can wait is done in turns, and rows are handed over in cuts. */
enum { TURN_LINES = 512, CLOSED_PER_TURN = 16, FORGOTTEN_PER_TURN = 1024, CUT_EVENTS = 50000 };
/* What memory keeps is enough while no figure looks back further than this behind the day of the
 * newest fact. */
enum { SLACK_DAYS = 28 };
enum { FOR_GOOD_DAYS = 1 << 22 }; /* more than a time can say */

/* What must be known before the first line; a run that finds it wrong is repeated with what it
 * found. */
struct plan {
    bool several_topics; /* else a topic's end changes nothing: one topic's greatest time is that of
                            all */
    int32_t extra_days;  /* that memory keeps longer than a daemon does */
};

/* The lines are read in two ways: to find the last of each topic and partition, and for good. */
struct reading {
    struct evaluate_run *run;
    const struct plan *plan;
    struct file_source *source;
    struct line_reader *reader;
    struct decoder *decoder;
    struct names topics; /* number in `topics =` is the name's less 1 */
    int64_t *last_lines; /* by partition and topic, only with several topics; 0 = none */
    int32_t oldest_day, newest_day;
    int32_t spread_days; /* how far an accepted event was ahead of the watermark, at most */
    int64_t uncut;
    int32_t next_shard; /* whose turn it is */
};

enum { REPEAT = 1 };

static int32_t grace_days(const struct evaluate_options *options)
{
    return (int32_t)(options->grace_ms / DAY_MS);
}

static int find_topic(struct reading *reading, struct text name, int *ret_topic, struct up_err *err)
{
    uint32_t number = names_add(&reading->topics, name.length > 0 ? name : text_of(" "));
    if (number > TOPICS_MAX)
        return up_fail(err, UP_EINVAL, "line %lld: more than %d topics",
                       (long long)reading->run->lines, TOPICS_MAX);
    *ret_topic = (int)number - 1;
    return UP_OK;
}

static int next_line(struct reading *reading, struct line *ret_line, int *ret_topic,
                     struct up_err *err)
{
    struct text text;
    int code = file_source_next(reading->source, &text, err);
    if (code <= 0)
        return code;
    reading->run->lines++;
    code = line_read(reading->reader, text.bytes, text.length, ret_line, err);
    if (code != UP_OK)
        return up_fail_context(err, "line %lld", (long long)reading->run->lines);
    code = find_topic(reading, ret_line->topic, ret_topic, err);
    return code == UP_OK ? 1 : code;
}

static bool is_partition(const struct reading *reading, int32_t partition)
{
    return partition >= 0 && partition < reading->run->options->partitions;
}

static int64_t *last_line(const struct reading *reading, int32_t partition, int topic)
{
    return &reading->last_lines[(int64_t)partition * TOPICS_MAX + topic];
}

/* ---- the first reading: which line is the last of its topic in a partition ------------------ */

static void place_line(struct reading *reading, struct line *line)
{
    struct event event;
    struct text detail;
    if (line->plain)
        (void)line_decode(reading->decoder, line, &event, &detail);
    else if (!line->has_partition)
        line->message.partition =
            decoder_partition(reading->decoder, line->message.key, line->message.key_length);
    if (reading->run->lines % TURN_LINES == 0)
        decoder_reset(reading->decoder);
}

static int find_last_lines(struct reading *reading, struct up_err *err)
{
    size_t places = (size_t)reading->run->options->partitions * TOPICS_MAX;
    reading->last_lines = mem_alloc_array(places, sizeof *reading->last_lines);
    struct line line;
    int topic;
    int code;
    while ((code = next_line(reading, &line, &topic, err)) > 0) {
        place_line(reading, &line);
        if (is_partition(reading, line.message.partition))
            *last_line(reading, line.message.partition, topic) = reading->run->lines;
    }
    reading->run->lines = 0;
    return code == UP_OK ? file_source_rewind(reading->source, err) : code;
}

/* ---- shards ---------------------------------------------------------------------------------- */

static struct shard *take_shard(struct reading *reading, int32_t partition)
{
    struct evaluate_run *run = reading->run;
    if (run->shards[partition] != NULL)
        return run->shards[partition];
    int topics = reading->plan->several_topics ? (int)reading->topics.count - 1 : 1;
    struct shard *shard = shard_new(&run->settings, partition, topics, &run->sink.sink);
    shard->teams_in_organisation = run->options->teams;
    for (int topic = 0; topic < topics && reading->plan->several_topics; topic++) {
        if (*last_line(reading, partition, topic) < run->lines)
            shard_set_idle(shard, topic, true);
    }
    run->shards[partition] = shard;
    return shard;
}

/* The topic ends here: the watermark waits for it no longer. */
static void end_topic(struct shard *shard, int topic)
{
    shard_set_idle(shard, topic, true);
    if (shard_all_idle(shard) && shard->greatest_ms >= 0)
        shard_advance(shard, shard->greatest_ms);
}

static void cut_all(struct reading *reading)
{
    struct evaluate_run *run = reading->run;
    for (int32_t p = 0; p < run->options->partitions; p++) {
        if (run->shards[p] != NULL)
            shard_cut(run->shards[p], &run->sink.sink);
    }
    reading->uncut = 0;
}

/* One shard a turn, so that a turn costs the same with many. */
static void take_turn(struct reading *reading)
{
    const struct evaluate_run *run = reading->run;
    struct shard *shard = run->shards[reading->next_shard];
    if (shard != NULL) {
        shard_close_slice(shard, CLOSED_PER_TURN);
        shard_forget_slice(shard, FORGOTTEN_PER_TURN);
    }
    reading->next_shard = (reading->next_shard + 1) % run->options->partitions;
    if (reading->uncut >= CUT_EVENTS)
        cut_all(reading);
    decoder_reset(reading->decoder);
}

/* ---- the reading for good ------------------------------------------------------------------- */

static void refuse(struct evaluate_run *run, enum reject reject)
{
    run->rejected[reject]++;
    mem_reserve(&run->refused, &run->refused_capacity, run->refused_count + 1,
                sizeof *run->refused);
    run->refused[run->refused_count++] =
        (struct refused_line){.line = run->lines, .reject = reject};
}

static void note_day(struct reading *reading, const struct shard *shard, int32_t day)
{
    if (day < reading->oldest_day)
        reading->oldest_day = day;
    if (day > reading->newest_day)
        reading->newest_day = day;
    int32_t from = shard->watermark_ms >= 0 ? event_day(shard->watermark_ms) : reading->oldest_day;
    if (day - from > reading->spread_days)
        reading->spread_days = day - from;
}

static void take_line(struct reading *reading, struct line *line, int topic)
{
    struct evaluate_run *run = reading->run;
    struct event event;
    struct text detail;
    enum reject reject = line_decode(reading->decoder, line, &event, &detail);
    int32_t partition = line->message.partition;
    if (reject == REJECT_NONE) {
        struct shard *shard = take_shard(reading, partition);
        reject = shard_judge(shard, &event, run->options->now_ms);
        if (reject == REJECT_NONE) {
            run->accepted++;
            reading->uncut++;
            shard_apply(shard, topic, &event);
            note_day(reading, shard, event_day(event.key.time_ms));
        }
    }
    if (reject != REJECT_NONE)
        refuse(run, reject);
    if (reading->plan->several_topics && is_partition(reading, partition) &&
        run->shards[partition] != NULL && *last_line(reading, partition, topic) == run->lines)
        end_topic(run->shards[partition], topic);
}

static void finish(struct reading *reading)
{
    struct evaluate_run *run = reading->run;
    const struct evaluate_options *options = run->options;
    for (int32_t p = 0; p < options->partitions; p++) {
        struct shard *shard = run->shards[p];
        if (shard == NULL)
            continue;
        if (options->has_as_of && shard->greatest_ms >= 0)
            shard_advance(shard, (int64_t)(options->as_of + 1) * DAY_MS + options->grace_ms);
        while (!shard_close_slice(shard, SIZE_MAX))
            ;
    }
    cut_all(reading);
}

/* By how much memory would have had to keep more for these lines and this day. */
static int32_t missing_days(const struct reading *reading)
{
    const struct evaluate_options *options = reading->run->options;
    if (reading->run->accepted == 0)
        return 0;
    int32_t behind = options->has_as_of ? reading->newest_day - options->as_of : 0;
    int32_t needed = grace_days(options) + reading->spread_days + (behind > 0 ? behind : 0);
    return needed > SLACK_DAYS ? needed : 0;
}

static int read_lines(struct reading *reading, struct plan *next, struct up_err *err)
{
    struct line line;
    int topic;
    int code;
    while ((code = next_line(reading, &line, &topic, err)) > 0) {
        if (topic > 0 && !reading->plan->several_topics) {
            next->several_topics = true;
            return REPEAT;
        }
        take_line(reading, &line, topic);
        if (reading->run->lines % TURN_LINES == 0)
            take_turn(reading);
    }
    if (code != UP_OK)
        return code;
    finish(reading);
    int32_t missing = missing_days(reading);
    if (missing <= reading->plan->extra_days)
        return UP_OK;
    next->extra_days = missing;
    return REPEAT;
}

/* No less than by default, which SLACK_DAYS counts on. All cells: the earliest may go long after it
 * came, as the work of its tasks moves, and then another begins the baseline. */
static void fit_retention(struct settings *settings, int64_t join_window_ms, int32_t extra_days)
{
    if (join_window_ms > settings->join_window_ms) {
        settings->join_window_ms = join_window_ms;
        settings_fit_retention(settings);
    }
    settings->join_window_ms = join_window_ms;
    settings_keep_longer(settings, extra_days);
    settings->retention.cell_days = FOR_GOOD_DAYS;
}

static struct evaluate_run *make_run(const struct evaluate_options *options,
                                     const struct plan *plan)
{
    struct evaluate_run *run = mem_alloc(sizeof *run);
    run->options = options;
    settings_default(&run->settings);
    fit_retention(&run->settings, options->join_window_ms, plan->extra_days);
    run->settings.grace_ms = options->grace_ms;
    run->settings.max_clock_skew_ms = options->max_clock_skew_ms;
    run->settings.false_alarms_per_year = options->false_alarms_per_year;
    run->settings.workflows_max = UINT16_MAX;
    run->shards = mem_alloc_array((size_t)options->partitions, sizeof *run->shards);
    evaluate_sink_init(&run->sink);
    return run;
}

void evaluate_run_free(struct evaluate_run *run)
{
    if (run == NULL)
        return;
    for (int32_t p = 0; p < run->options->partitions; p++)
        shard_free(run->shards[p]);
    mem_free(run->shards);
    evaluate_sink_done(&run->sink);
    mem_free(run->refused);
    mem_free(run);
}

/* Nothing is stored, so that any key will do. */
static struct decoder *make_decoder(const struct evaluate_options *options)
{
    return decoder_new(&(struct decoder_settings){.max_event_bytes = options->max_event_bytes,
                                                  .partitions = options->partitions,
                                                  .partitioner = PARTITIONER_MURMUR2,
                                                  .pseudonym_key = "uptake evaluate"});
}

/* One try: UP_OK, REPEAT with *next, or an error. */
static int try_plan(struct file_source *source, struct evaluate_run *run, const struct plan *plan,
                    struct plan *next, struct up_err *err)
{
    struct reading reading = {.run = run,
                              .plan = plan,
                              .source = source,
                              .reader = line_reader_new(),
                              .decoder = make_decoder(run->options),
                              .oldest_day = INT32_MAX,
                              .newest_day = INT32_MIN};
    names_init(&reading.topics);
    int code = plan->several_topics ? find_last_lines(&reading, err) : UP_OK;
    if (code == UP_OK)
        code = read_lines(&reading, next, err);
    names_done(&reading.topics);
    line_reader_free(reading.reader);
    decoder_free(reading.decoder);
    mem_free(reading.last_lines);
    return code;
}

int evaluate_run_new(const struct evaluate_options *options, struct evaluate_run **ret_run,
                     struct up_err *err)
{
    struct file_source *source;
    int code = file_source_open_spooled(options->path, &source, err);
    if (code != UP_OK)
        return code;
    struct plan plan = {.extra_days = grace_days(options)};
    for (;;) {
        struct plan next = plan;
        struct evaluate_run *run = make_run(options, &plan);
        code = try_plan(source, run, &plan, &next, err);
        if (code == UP_OK)
            *ret_run = run;
        else
            evaluate_run_free(run);
        if (code == REPEAT)
            code = file_source_rewind(source, err);
        else
            break;
        if (code != UP_OK)
            break;
        plan = next;
    }
    file_source_close(source);
    return code;
}
