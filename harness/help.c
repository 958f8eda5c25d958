#include "harness/help.h"

void help_all(FILE *out, const struct command *const *commands)
{
    fputs("usage: assay COMMAND [WORDS...] [OPTIONS]\n"
          "\n"
          "Tests HTTP/1.1 clients against the standard, on the wire, to the octet.\n"
          "\n",
          out);
    for (size_t i = 0; commands[i] != NULL; i++)
        fprintf(out, "  %-8s  %s\n", commands[i]->name, commands[i]->about);
    fputs("\n"
          "assay COMMAND --help tells of its words, its options and its exit statuses; assay "
          "--version\n"
          "which assay this is. assay(1) is the manual of all.\n",
          out);
}

static const char cases[] =
    "\n"
    "CASES are ids (smoke/get), folders of ids (smoke), patterns ('*/no-*'), or paths of case\n"
    "files or folders; 'ID[cut=17]' is one point of a case.";

void help_command(FILE *out, const struct command *command)
{
    fprintf(out, "usage: assay %s %s%s\n\n%s", command->name, command->words,
            command->takes != 0 ? " [OPTIONS]" : "", command->manual);
    if (strstr(command->words, "CASES") != NULL)
        fputs(cases, out);
    if (strstr(command->words, "[CASES") != NULL)
        fputs(" Without any: the whole corpus.", out);
    fputs("\n", out);
    options_print(out, command->takes);
    fprintf(out, "%s%s", command->takes != 0 ? "\n" : "", command->statuses);
}
