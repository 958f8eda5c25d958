#include "reports/label_text.h"

#include "reports/wire_text.h"

enum { LABEL_WIDTH = LABEL_INDENT - 4, WRAP_AT = 100 };

void label_text_begin(FILE *out, const char *label)
{
    fprintf(out, "  %-*s  ", LABEL_WIDTH, label);
}

void label_text_lines(FILE *out, const char *label, const char *lines)
{
    struct bytes rest = bytes_of(lines);
    label_text_begin(out, label);
    wire_text_print(out, bytes_take_until(&rest, '\n'));
    while (rest.len > 0) {
        fprintf(out, "\n%*s", LABEL_INDENT, "");
        wire_text_print(out, bytes_take_until(&rest, '\n'));
    }
    putc('\n', out);
}

void label_text_wrapped(FILE *out, const char *text, size_t column, size_t indent)
{
    struct bytes rest = bytes_of(text);
    while (rest.len > 0) {
        const struct bytes word = bytes_take_until(&rest, ' ');
        if (column + 1 + word.len > WRAP_AT && column > indent) {
            fprintf(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            putc(' ', out);
            column++;
        }
        column += wire_text_print(out, word);
    }
}

void label_text_requirement(FILE *out, const struct requirement *one, size_t indent)
{
    if (one->level == NULL || one->text == NULL) {
        wire_text_print(out, bytes_of(one->id));
        return;
    }
    size_t column = indent + wire_text_print(out, bytes_of(one->id));
    fputs(" (", out);
    column += wire_text_print(out, bytes_of(one->level)) + strlen(" ():");
    fputs("):", out);
    label_text_wrapped(out, one->text, column, indent);
}
