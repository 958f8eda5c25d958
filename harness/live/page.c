#include "harness/live/html_text.h"
#include "harness/live/live_private.h"
#include "harness/version.h"

static const char html_type[] = "text/html; charset=utf-8";

/* An icon in the page: a browser asks for none. */
static const char head[] =
    "<!DOCTYPE html>\n"
    "<html lang=\"en\">\n"
    "<head>\n"
    "<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n"
    "<link rel=\"icon\" href=\"data:,\">\n"
    "<title>assay</title>\n"
    "<style>\n"
    "body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 "
    "1rem }\n"
    "table { border-collapse: collapse; width: 100% }\n"
    "th, td { text-align: left; vertical-align: top; padding: .2rem 1rem .2rem 0;\n"
    "  border-bottom: 1px solid #8884 }\n"
    "td:first-child { white-space: nowrap; font-family: ui-monospace, monospace }\n"
    ".number { text-align: right }\n"
    "summary { font-weight: bold; margin: 1rem 0 .3rem; cursor: pointer }\n"
    "</style>\n"
    "</head>\n"
    "<body>\n";

static void begin_page(struct control_answer *answer)
{
    answer->type = html_type;
    fputs(head, answer->out);
}

static void end_page(FILE *out)
{
    fputs("</body>\n</html>\n", out);
}

static void put_list(FILE *out, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        fputs(i > 0 ? ", " : "", out);
        html_text_put(out, bytes_of(words[i]));
    }
}

static void put_case(FILE *out, const struct case_ *one)
{
    fputs("<tr><td><a href=\"/__admin/cases/", out);
    html_text_link(out, one->id);
    fputs("\">", out);
    html_text_put(out, bytes_of(one->id));
    fputs("</a></td><td>", out);
    html_text_put(out, bytes_of(one->title));
    fputs("</td><td>", out);
    for (size_t i = 0; i < one->requirement_count; i++) {
        fputs(i > 0 ? ", " : "", out);
        html_text_put(out, bytes_of(one->requirements[i]->id));
    }
    fprintf(out, "</td><td class=\"number\">%zu</td><td>", one->point_count);
    put_list(out, one->tags, one->tag_count);
    fputs("</td></tr>\n", out);
}

/* Puts the theme that begins at `first`; returns how many cases it has. */
static size_t put_theme(FILE *out, const struct case_ *const *first, size_t left)
{
    const struct bytes theme = live_theme(first[0]);
    size_t count = 1;
    while (count < left && bytes_equal(live_theme(first[count]), theme))
        count++;
    fputs("<details open>\n<summary>", out);
    html_text_put(out, theme);
    fprintf(out, " (%zu)</summary>\n<table>\n", count);
    fputs("<tr><th>case</th><th>title</th><th>requirements</th><th class=\"number\">points</th>"
          "<th>tags</th></tr>\n",
          out);
    for (size_t i = 0; i < count; i++)
        put_case(out, first[i]);
    fputs("</table>\n</details>\n", out);
    return count;
}

static void put_reports(const struct live *live, FILE *out)
{
    fputs("<h2>Reports</h2>\n<p>In the folder <code>", out);
    html_text_put(out, bytes_of(live->reports_folder));
    fputs("</code>:</p>\n<table>\n", out);
    live_list_reports(live, out);
    fputs("</table>\n", out);
}

void live_page(void *context, const char *rest, struct control_answer *answer)
{
    const struct live *live = context;
    FILE *out = answer->out;
    const size_t count = live->selected->count;
    (void)rest;
    begin_page(answer);
    fputs("<h1>assay " ASSAY_VERSION "</h1>\n", out);
    put_reports(live, out);
    fprintf(out, "<h2>Cases (%zu)</h2>\n", count);
    for (size_t i = 0; i < count;)
        i += put_theme(out, live->by_theme + i, count - i);
    end_page(out);
}

void live_reports(void *context, const char *rest, struct control_answer *answer)
{
    (void)rest;
    begin_page(answer);
    fputs("<p><a href=\"/\">assay " ASSAY_VERSION "</a></p>\n", answer->out);
    put_reports(context, answer->out);
    end_page(answer->out);
}
