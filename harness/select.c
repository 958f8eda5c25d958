#include "harness/select.h"

#include "harness/data_dir.h"
#include "harness/grep.h"

#include <fnmatch.h>
#include <sys/stat.h>
#include <unistd.h>

bool select_names(const char *word, const char *id)
{
    size_t len = strlen(word);
    while (len > 0 && word[len - 1] == '/')
        len--;
    if (strncmp(word, id, len) == 0 && (id[len] == '\0' || id[len] == '/'))
        return true;
    return fnmatch(word, id, FNM_PATHNAME) == 0;
}

static const char *suggest_id(const struct corpus *corpus, const char *word)
{
    const char **ids = arena_array(corpus->arena, corpus->count + 1, sizeof(*ids));
    for (size_t i = 0; i < corpus->count; i++)
        ids[i] = corpus->cases[i]->id;
    return diag_suggest(bytes_of(word), ids);
}

const char *select_suffix(const char *word, const char *id)
{
    const size_t len = strlen(id);
    return strncmp(word, id, len) == 0 && word[len] == '[' ? word + len : NULL;
}

static bool unknown_point(const struct case_ *one, const char *suffix, struct diags *diags)
{
    const char *quoted = diag_quote(diags->arena, bytes_of(suffix));
    const struct point *points = one->points;
    if (one->point_count == 1)
        return diag_add(diags, NULL, 0, NULL, "the case \"%s\" has no point %s: it is played once",
                        one->id, quoted);
    return diag_add(
        diags, NULL, 0, NULL, "the case \"%s\" has no point %s; it has %zu, \"%s\" to \"%s\"",
        one->id, quoted, one->point_count, points[0].suffix, points[one->point_count - 1].suffix);
}

static bool unknown_word(const struct corpus *corpus, const char *word, struct diags *diags)
{
    for (size_t i = 0; i < corpus->count; i++)
        if (select_suffix(word, corpus->cases[i]->id) != NULL)
            return unknown_point(corpus->cases[i], select_suffix(word, corpus->cases[i]->id),
                                 diags);
    const char *near = suggest_id(corpus, word);
    const char *quoted = diag_quote(corpus->arena, bytes_of(word));
    if (near != NULL)
        return diag_add(diags, NULL, 0, NULL, "no case is called %s; did you mean \"%s\"?", quoted,
                        near);
    return diag_add(diags, NULL, 0, NULL, "no case is called %s, and no file or folder", quoted);
}

bool select_is_path(const char *word)
{
    struct stat info;
    return stat(word, &info) == 0 || bytes_end_in(bytes_of(word), bytes_of(".json"));
}

/* Loads what the words need: first each that is a path, then the corpus when there is any other.
 * `path_case_count` tells the first from the second. */
static bool load(const struct selection *selection, struct corpus *corpus, size_t *path_case_count,
                 struct diags *diags)
{
    bool needs_corpus = selection->word_count == 0, is_good = true;
    for (size_t i = 0; i < selection->word_count; i++) {
        if (select_is_path(selection->words[i]))
            is_good = corpus_load(corpus, selection->words[i], diags) && is_good;
        else
            needs_corpus = true;
    }
    *path_case_count = corpus->count;
    return (!needs_corpus || corpus_load(corpus, data_dir_cases(), diags)) && is_good;
}

/* What the words mean of one case. */
struct meant {
    bool is_whole;
    bool *points; /* each that is named alone; NULL: none is */
};

static bool mark_point(const struct corpus *corpus, const char *word, struct meant *meant)
{
    for (size_t i = 0; i < corpus->count; i++) {
        const struct case_ *one = corpus->cases[i];
        const char *suffix = select_suffix(word, one->id);
        for (size_t j = 0; suffix != NULL && j < one->point_count; j++) {
            if (strcmp(one->points[j].suffix, suffix) != 0)
                continue;
            if (meant[i].points == NULL)
                meant[i].points = arena_array(corpus->arena, one->point_count, sizeof(bool));
            meant[i].points[j] = true;
            return true;
        }
    }
    return false;
}

/* Marks the cases that a word names, or the one point; naming none is a mistake. */
static bool mark_word(const struct corpus *corpus, const char *word, struct meant *meant,
                      struct diags *diags)
{
    if (select_is_path(word) || mark_point(corpus, word, meant))
        return true;
    bool is_found = false;
    for (size_t i = 0; i < corpus->count; i++)
        if (select_names(word, corpus->cases[i]->id))
            is_found = meant[i].is_whole = true;
    return is_found || unknown_word(corpus, word, diags);
}

static bool mark_all(const struct selection *selection, const struct corpus *corpus,
                     size_t path_case_count, struct meant *meant, struct diags *diags)
{
    bool is_good = true;
    for (size_t i = 0; i < corpus->count; i++)
        meant[i].is_whole = i < path_case_count || selection->word_count == 0;
    for (size_t i = 0; i < selection->word_count; i++)
        is_good = mark_word(corpus, selection->words[i], meant, diags) && is_good;
    return is_good;
}

static bool has_tag(const struct case_ *one, const char *tag)
{
    for (size_t i = 0; i < one->tag_count; i++)
        if (strcmp(one->tags[i], tag) == 0)
            return true;
    return false;
}

static bool is_named_alone(const struct selection *selection, const struct case_ *one)
{
    for (size_t i = 0; i < selection->word_count; i++)
        if (strcmp(selection->words[i], one->id) == 0 ||
            strcmp(selection->words[i], one->file) == 0 ||
            select_suffix(selection->words[i], one->id) != NULL)
            return true;
    return false;
}

static bool passes(const struct selection *selection, const struct grep *grep,
                   const struct case_ *one)
{
    if (!shard_has(selection->shard, one->id))
        return false;
    if (selection->tag != NULL && !has_tag(one, selection->tag))
        return false;
    if (selection->tag == NULL && has_tag(one, "slow") && !is_named_alone(selection, one))
        return false;
    return grep_matches(grep, one->id, one->title);
}

static struct pick pick_points(const struct case_ *one, const struct meant *meant,
                               struct arena *arena)
{
    if (meant->is_whole)
        return (struct pick){NULL, 0};
    const struct point **points = arena_array(arena, one->point_count, sizeof(struct point *));
    size_t count = 0;
    for (size_t i = 0; i < one->point_count; i++)
        if (meant->points[i])
            points[count++] = &one->points[i];
    return (struct pick){points, count};
}

/* A path is a corpus of its own. */
static bool leaves_nothing_out(const struct selection *selection)
{
    for (size_t i = 0; i < selection->word_count; i++)
        if (!select_is_path(selection->words[i]))
            return false;
    return selection->grep == NULL && selection->tag == NULL && selection->shard.count == 0;
}

static void gather(const struct selection *selection, const struct corpus *corpus,
                   const struct meant *meant, const struct grep *grep, struct selected *selected)
{
    const struct case_ **cases = arena_array(corpus->arena, corpus->count, sizeof(struct case_ *));
    struct pick *picks = arena_array(corpus->arena, corpus->count, sizeof(*picks));
    selected->count = 0;
    for (size_t i = 0; i < corpus->count; i++) {
        const bool is_meant = meant[i].is_whole || meant[i].points != NULL;
        if (!is_meant || !passes(selection, grep, corpus->cases[i]))
            continue;
        picks[selected->count] = pick_points(corpus->cases[i], &meant[i], corpus->arena);
        cases[selected->count++] = corpus->cases[i];
    }
    selected->cases = cases;
    selected->picks = picks;
    selected->loaded = corpus->cases;
    selected->loaded_count = corpus->count;
    selected->is_whole = leaves_nothing_out(selection);
}

static bool filter(const struct selection *selection, const struct corpus *corpus,
                   const struct meant *meant, struct selected *selected, struct diags *diags)
{
    struct grep grep;
    if (!grep_open(&grep, selection->grep, diags))
        return false;
    gather(selection, corpus, meant, &grep, selected);
    grep_close(&grep);
    return true;
}

/* The catalog is a part of the corpus, and every case names what stands there. */
static bool has_corpus(const char *catalog_path, struct diags *diags)
{
    return access(catalog_path, F_OK) == 0 ||
           diag_add(
               diags, NULL, 0, NULL,
               "no corpus: this folder has no cases/requirements.json, and none is installed in "
               "%s",
               data_dir_cases());
}

bool select_cases(const struct selection *selection, struct arena *arena, struct selected *selected,
                  struct diags *diags)
{
    struct catalog *catalog = arena_alloc(arena, sizeof(*catalog));
    struct corpus corpus = {.arena = arena, .catalog = catalog};
    const char *catalog_path = arena_printf(arena, "%s/requirements.json", data_dir_cases());
    size_t path_case_count = 0;
    if (!has_corpus(catalog_path, diags) || !catalog_load(catalog, arena, catalog_path, diags) ||
        !load(selection, &corpus, &path_case_count, diags))
        return false;
    struct meant *meant = arena_array(arena, corpus.count, sizeof(*meant));
    selected->catalog = catalog;
    return mark_all(selection, &corpus, path_case_count, meant, diags) &&
           filter(selection, &corpus, meant, selected, diags);
}

bool select_any(const struct selected *selected, struct diags *diags)
{
    return selected->count > 0 || diag_add(diags, NULL, 0, NULL, "no case is selected");
}
