/*
 * Runs every suite, or, with `check SUITE...`, these. `check` prints CUnit's summary; `check --xml
 * ROOT` writes ROOT-Results.xml in CUnit's own format as well; `check --bad-cases FOLDER` runs
 * none, and writes each bad case file of load_rows.c there, for the schema to refuse.
 */
#include "tests/failing_memory.h"
#include "tests/load_rows.h"
#include "tests/suites.h"

#include <CUnit/Automated.h>
#include <CUnit/Basic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static CU_SuiteInfo suites[] = {
#define SUITE_ROW(name, array) {name, NULL, NULL, NULL, NULL, array},
    SUITES(SUITE_ROW) CU_SUITE_INFO_NULL,
#undef SUITE_ROW
};

static void run_to_xml(const char *root)
{
    CU_set_output_filename(root);

    CU_automated_run_tests();
    CU_basic_show_failures(CU_get_failure_list());
}

static void run_named(int argc, char **argv)
{
    if (argc == 1)
        CU_basic_run_tests();
    for (int i = 1; i < argc; i++) {
        CU_pSuite suite = CU_get_suite(argv[i]);
        if (suite != NULL)
            CU_basic_run_suite(suite);
        else
            fprintf(stderr, "no suite has the name %s\n", argv[i]);
    }
}

/* Those that no schema can refuse are named *.beyond.json. */
static int write_bad_cases(const char *folder)
{
    for (size_t i = 0; i < load_bad_row_count; i++) {
        char path[4096];
        snprintf(path, sizeof(path), "%s/%03zu%s.json", folder, i,
                 load_row_is_beyond(&load_bad_rows[i]) ? ".beyond" : "");
        FILE *file = fopen(path, "w");
        if (file == NULL || fputs(load_bad_rows[i].text, file) < 0 || fclose(file) != 0) {
            perror(path);
            return EXIT_FAILURE;
        }
    }
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--bad-cases") == 0)
        return write_bad_cases(argv[2]);
    if (!failing_memory_give_openssl()) {
        fprintf(stderr, "OpenSSL has allocated before main()\n");
        return EXIT_FAILURE;
    }
    if (CU_initialize_registry() != CUE_SUCCESS || CU_register_suites(suites) != CUE_SUCCESS) {
        fprintf(stderr, "CUnit: %s\n", CU_get_error_msg());
        return EXIT_FAILURE;
    }
    if (argc == 3 && strcmp(argv[1], "--xml") == 0) {
        run_to_xml(argv[2]);
    } else {
        CU_basic_set_mode(CU_BRM_NORMAL);
        run_named(argc, argv);
    }
    const unsigned run = CU_get_number_of_tests_run();
    const unsigned failed = CU_get_number_of_tests_failed() + CU_get_number_of_suites_failed();
    printf("%u passed, %u failed\n", run - CU_get_number_of_tests_failed(), failed);
    CU_cleanup_registry();
    return run > 0 && failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
