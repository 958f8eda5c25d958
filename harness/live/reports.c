#include "harness/live/html_text.h"
#include "harness/live/live_private.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- one report ---------------------------------------------------------------------------- */

/* A name in the folder itself; hidden files, and what whole_file.h is about to write, are none. */
static bool is_name(const char *name)
{
    return name[0] != '.' && strchr(name, '/') == NULL &&
           !bytes_end_in(bytes_of(name), bytes_of(".tmp"));
}

/* By the end of its name. */
static const char *type_of(const char *name)
{
    /* clang-format off */
    static const char *const types[][2] = {
        {".json", "application/json"},
        {".html", "text/html; charset=utf-8"},
        {".xml", "application/xml"},
        {".tap", "text/plain; charset=utf-8"},
        {".txt", "text/plain; charset=utf-8"},
        {".log", "text/plain; charset=utf-8"},
        {".md", "text/markdown; charset=utf-8"},
        {".har", "application/json"},
    };
    /* clang-format on */
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if (bytes_end_in(bytes_of(name), bytes_of(types[i][0])))
            return types[i][1];
    return "application/octet-stream";
}

/* -1 where nothing is there but a plain file can be: a link may lead out, a pipe would stand. */
static int open_report(const char *folder, const char *name, uint64_t *size)
{
    if (!is_name(name))
        return -1;
    const int in = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (in < 0)
        return -1;
    struct stat info;
    int fd = openat(in, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    close(in);
    if (fd >= 0 && (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode))) {
        close(fd);
        fd = -1;
    }
    *size = fd >= 0 ? (uint64_t)info.st_size : 0;
    return fd;
}

void live_report(void *context, const char *rest, struct control_answer *answer)
{
    const struct live *live = context;
    answer->fd = open_report(live->reports_folder, rest, &answer->size);
    if (answer->fd >= 0)
        answer->type = type_of(rest);
    else
        control_refuse(answer, LIVE_NOT_FOUND, "no report has that name");
}

/* --- all of them --------------------------------------------------------------------------- */

/* The only thing that scandir() may leave out by: it takes no context. */
static int is_shown(const struct dirent *entry)
{
    return is_name(entry->d_name);
}

static bool put_row(FILE *out, const char *folder, const char *name)
{
    uint64_t size = 0;
    const int fd = open_report(folder, name, &size);
    if (fd < 0)
        return false;
    close(fd);
    fputs("<tr><td><a href=\"/reports/", out);
    html_text_link(out, name);
    fputs("\">", out);
    html_text_put(out, bytes_of(name));
    fprintf(out, "</a></td><td class=\"number\">%" PRIu64 " octets</td></tr>\n", size);
    return true;
}

void live_list_reports(const struct live *live, FILE *out)
{
    struct dirent **entries = NULL;
    const int count = scandir(live->reports_folder, &entries, is_shown, alphasort);
    bool has_any = false;
    for (int i = 0; i < count; i++) {
        has_any = put_row(out, live->reports_folder, entries[i]->d_name) || has_any;
        free(entries[i]);
    }
    free(entries);
    if (!has_any)
        fputs("<tr><td>none yet</td></tr>\n", out);
}
