#include "harness/subject.h"

#include "harness/bundled.h"
#include "harness/command_meet.h"
#include "harness/data_dir.h"
#include "harness/driver_command.h"
#include "harness/driver_process.h"
#include "harness/version.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- what there is ------------------------------------------------------------------------ */

static bool is_description(const char *file)
{
    return bytes_end_in(bytes_of(file), bytes_of(".json"));
}

static bool is_file(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

/* The names of the drivers in the folder, and `bundled` before them. */
struct names {
    const char **items;
    size_t count, size;
};

static void add_name(struct names *names, struct arena *arena, const char *name, size_t len)
{
    names->items =
        arena_room(arena, names->items, names->count, &names->size, sizeof(*names->items));
    names->items[names->count++] = arena_strndup(arena, name, len);
}

static int by_name(const void *one, const void *other)
{
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

/* NULL behind the last. */
static struct names list_names(struct arena *arena)
{
    struct names names = {.count = 0};
    DIR *folder = opendir(data_dir_drivers());
    const struct dirent *one;
    while (folder != NULL && (one = readdir(folder)) != NULL) {
        const char *path = arena_printf(arena, "%s/%s", data_dir_drivers(), one->d_name);
        const size_t len = strlen(one->d_name);
        if (one->d_name[0] == '.' || !is_file(path))
            continue;
        if (is_description(path))
            add_name(&names, arena, one->d_name, len - strlen(".json"));
        else if (access(path, X_OK) == 0)
            add_name(&names, arena, one->d_name, len);
    }
    if (folder != NULL)
        closedir(folder);
    if (names.count > 0)
        qsort(names.items, names.count, sizeof(*names.items), by_name);
    add_name(&names, arena, SUBJECT_BUNDLED, strlen(SUBJECT_BUNDLED));
    names.items = arena_room(arena, names.items, names.count, &names.size, sizeof(*names.items));
    names.items[names.count] = NULL;
    return names;
}

const char *const *subject_names(struct arena *arena)
{
    return list_names(arena).items;
}

static bool unknown_name(const char *word, struct diags *diags)
{
    const struct names names = list_names(diags->arena);
    const char *all = "";
    for (size_t i = 0; i < names.count; i++)
        all = arena_printf(diags->arena, "%s%s%s", all, i > 0 ? ", " : "", names.items[i]);
    return diag_add(diags, NULL, 0, NULL, "no subject is called %s; there are: %s%s",
                    diag_quote(diags->arena, bytes_of(word)), all,
                    diag_did_you_mean(diags->arena, bytes_of(word), names.items));
}

/* From the root, for the driver is started in a folder of its own. Links stay: a program may look
 * at the name it is called by. */
static bool set_file(struct subject *subject, const char *path, struct diags *diags)
{
    char here[PATH_MAX];
    if (path[0] == '/')
        subject->file = path;
    else if (getcwd(here, sizeof(here)) != NULL)
        subject->file = arena_printf(diags->arena, "%s/%s", here, path);
    else
        return diag_add(diags, NULL, 0, NULL, "the current folder has no path: %s",
                        strerror(errno));
    return true;
}

static bool find_name(struct subject *subject, const char *name, struct diags *diags)
{
    const char *program = arena_printf(diags->arena, "%s/%s", data_dir_drivers(), name);
    const char *description = arena_printf(diags->arena, "%s.json", program);
    const bool is_program = name[0] != '\0' && name[0] != '.' && !is_description(name) &&
                            is_file(program) && access(program, X_OK) == 0;
    if (is_program || (name[0] != '.' && is_file(description)))
        return set_file(subject, is_program ? program : description, diags);
    return unknown_name(name, diags);
}

bool subject_find(struct subject *subject, const char *word, struct diags *diags)
{
    *subject = (struct subject){.info.name = word};
    if (strcmp(word, SUBJECT_BUNDLED) == 0)
        return true;
    if (strchr(word, '/') == NULL)
        return find_name(subject, word, diags);
    if (is_file(word))
        return set_file(subject, word, diags);
    return diag_add(diags, NULL, 0, NULL, "--subject: no file is at %s",
                    diag_quote(diags->arena, bytes_of(word)));
}

/* --- what it is --------------------------------------------------------------------------- */

static bool meet_process(struct subject *subject, unsigned slow, struct diags *diags)
{
    uv_loop_t loop;
    uv_loop_init(&loop);
    struct driver *driver = subject_driver(subject, &loop, slow, diags);
    const bool is_met = driver != NULL && driver_process_meet(driver, diags);
    if (is_met)
        subject->info = driver->info;
    if (driver != NULL)
        driver->vtable->free(driver);
    uv_run(&loop, UV_RUN_DEFAULT);
    const int error = uv_loop_close(&loop);
    assert(error == 0);
    return is_met;
}

bool subject_meet(struct subject *subject, unsigned slow, struct diags *diags)
{
    if (subject->file != NULL && is_description(subject->file)) {
        subject->descriptor = descriptor_load(subject->file, diags);
        return subject->descriptor != NULL &&
               command_meet(subject->descriptor, &subject->info, slow, diags);
    }
    if (subject->file != NULL)
        return meet_process(subject, slow, diags);
    subject->info.client = "assay";
    subject->info.version = ASSAY_VERSION;
    subject->info.can = bundled_can();
    subject->info.patience = 1;
    return true;
}

struct driver *subject_driver(const struct subject *subject, uv_loop_t *loop, unsigned slow,
                              struct diags *diags)
{
    if (subject->file == NULL)
        return driver_bundled_new(loop, &subject->info, diags);
    const unsigned patience = subject->info.patience > 0 ? subject->info.patience : 1;
    if (subject->descriptor != NULL) {
        const struct driver_command_options options = {
            .descriptor = subject->descriptor,
            .info = subject->info,
            .grace_ms = (uint64_t)DRIVER_GRACE_MS * slow * patience,
        };
        return driver_command_new(loop, &options, diags);
    }
    const struct driver_process_options options = {
        .file = subject->file,
        .info = subject->info,
        .hello_ms = (uint64_t)DRIVER_HELLO_MS * slow,
        .grace_ms = (uint64_t)DRIVER_GRACE_MS * slow * patience,
    };
    return driver_process_new(loop, &options);
}
