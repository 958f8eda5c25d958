#include "harness/select.h"

#include <fnmatch.h>
#include <regex.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef ASSAY_DATA_DIR
#define ASSAY_DATA_DIR "/usr/local/share/assay"
#endif

static const char *corpus_folder(void)
{
    return access("cases/requirements.json", F_OK) == 0 ? "cases" : ASSAY_DATA_DIR "/cases";
}

static bool ends_in(const char *word, const char *end)
{
    const size_t len = strlen(word), end_len = strlen(end);
    return len >= end_len && strcmp(word + len - end_len, end) == 0;
}

/* Whether the word means this id: itself, a folder above it, or a pattern. */
static bool names_id(const char *word, const char *id)
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

static bool unknown_word(const struct corpus *corpus, const char *word, struct diags *diags)
{
    const char *near = suggest_id(corpus, word);
    const char *quoted = diag_quote(corpus->arena, bytes_of(word));
    if (near != NULL)
        return diag_add(diags, NULL, 0, NULL, "no case is called %s; did you mean \"%s\"?", quoted,
                        near);
    return diag_add(diags, NULL, 0, NULL, "no case is called %s, and no file or folder", quoted);
}

static bool is_for_loading(const char *word)
{
    struct stat info;
    return stat(word, &info) == 0 || ends_in(word, ".json");
}

/* Loads what the words need: first each that is a path, then the corpus when there is any other.
 * `path_case_count` tells the first from the second. */
static bool load(const struct selection *selection, struct corpus *corpus, size_t *path_case_count,
                 struct diags *diags)
{
    bool needs_corpus = selection->word_count == 0, is_good = true;
    for (size_t i = 0; i < selection->word_count; i++) {
        if (is_for_loading(selection->words[i]))
            is_good = corpus_load(corpus, selection->words[i], diags) && is_good;
        else
            needs_corpus = true;
    }
    *path_case_count = corpus->count;
    return (!needs_corpus || corpus_load(corpus, corpus_folder(), diags)) && is_good;
}

/* Marks the cases that a word names; naming none is a mistake. */
static bool mark_word(const struct corpus *corpus, const char *word, bool *is_meant,
                      struct diags *diags)
{
    bool is_found = is_for_loading(word);
    for (size_t i = 0; !is_for_loading(word) && i < corpus->count; i++)
        if (names_id(word, corpus->cases[i]->id))
            is_found = is_meant[i] = true;
    return is_found || unknown_word(corpus, word, diags);
}

static bool mark_all(const struct selection *selection, const struct corpus *corpus,
                     size_t path_case_count, bool *is_meant, struct diags *diags)
{
    bool is_good = true;
    for (size_t i = 0; i < corpus->count; i++)
        is_meant[i] = i < path_case_count || selection->word_count == 0;
    for (size_t i = 0; i < selection->word_count; i++)
        is_good = mark_word(corpus, selection->words[i], is_meant, diags) && is_good;
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
        if (strcmp(selection->words[i], one->id) == 0)
            return true;
    return false;
}

static bool passes(const struct selection *selection, const regex_t *grep, const struct case_ *one)
{
    if (selection->tag != NULL && !has_tag(one, selection->tag))
        return false;
    if (selection->tag == NULL && has_tag(one, "slow") && !is_named_alone(selection, one))
        return false;
    return grep == NULL || regexec(grep, one->id, 0, NULL, 0) == 0 ||
           regexec(grep, one->title, 0, NULL, 0) == 0;
}

static void gather(const struct selection *selection, const struct corpus *corpus,
                   const bool *is_meant, const regex_t *grep, struct selected *selected)
{
    const struct case_ **cases = arena_array(corpus->arena, corpus->count, sizeof(*cases));
    selected->count = 0;
    for (size_t i = 0; i < corpus->count; i++)
        if (is_meant[i] && passes(selection, grep, corpus->cases[i]))
            cases[selected->count++] = corpus->cases[i];
    selected->cases = cases;
}

static bool filter(const struct selection *selection, const struct corpus *corpus,
                   const bool *is_meant, struct selected *selected, struct diags *diags)
{
    regex_t grep;
    char why[128];
    if (selection->grep == NULL) {
        gather(selection, corpus, is_meant, NULL, selected);
        return true;
    }
    const int error = regcomp(&grep, selection->grep, REG_EXTENDED | REG_NOSUB);
    if (error != 0) {
        regerror(error, &grep, why, sizeof(why));
        return diag_add(diags, NULL, 0, NULL, "--grep: %s is no regular expression: %s",
                        diag_quote(corpus->arena, bytes_of(selection->grep)), why);
    }
    gather(selection, corpus, is_meant, &grep, selected);
    regfree(&grep);
    return true;
}

bool select_cases(const struct selection *selection, struct arena *arena, struct selected *selected,
                  struct diags *diags)
{
    struct catalog *catalog = arena_alloc(arena, sizeof(*catalog));
    struct corpus corpus = {.arena = arena, .catalog = catalog};
    const char *catalog_path = arena_printf(arena, "%s/requirements.json", corpus_folder());
    size_t path_case_count = 0;
    if (!catalog_load(catalog, arena, catalog_path, diags) ||
        !load(selection, &corpus, &path_case_count, diags))
        return false;
    bool *is_meant = arena_array(arena, corpus.count, sizeof(*is_meant));
    return mark_all(selection, &corpus, path_case_count, is_meant, diags) &&
           filter(selection, &corpus, is_meant, selected, diags);
}
