/* suites -- the test tables, one a file; main.c registers them. */
#ifndef TESTS_SUITES_H
#define TESTS_SUITES_H

#include <CUnit/CUnit.h>

/* name in the report, array */
#define SUITES(X)                                                                                  \
    X("wire/arena", arena_tests)                                                                   \
    X("wire/diag", diag_tests)                                                                     \
    X("wire/base64", base64_tests)                                                                 \
    X("wire/finder", finder_tests)                                                                 \
    X("wire/octets", octets_tests)                                                                 \
    X("wire/transcript", transcript_tests)                                                         \
    X("wire/json", json_tests)                                                                     \
    X("wire/json_parts", json_parts_tests)                                                         \
    X("wire/http", http_tests)                                                                     \
    X("wire/http_deviations", http_deviations_tests)                                               \
    X("wire/chunked", chunked_tests)                                                               \
    X("server/diagnostics", diagnostics_tests)                                                     \
    X("server/drain", drain_tests)                                                                 \
    X("server/listener", listener_tests)                                                           \
    X("server/channel", channel_tests)                                                             \
    X("server/peer", peer_tests)                                                                   \
    X("server/relay", relay_tests)                                                                 \
    X("server/head", head_tests)                                                                   \
    X("server/control", control_tests)                                                             \
    X("harness/client", client_tests)                                                              \
    X("harness/client bodies", client_bodies_tests)                                                \
    X("harness/client calls", client_calls_tests)                                                  \
    X("harness/client debug", client_debug_tests)                                                  \
    X("harness/client setup", client_setup_tests)                                                  \
    X("harness/client shown", client_shown_tests)                                                  \
    X("harness/client state", client_state_tests)                                                  \
    X("harness/client memory", client_memory_tests)                                                \
    X("harness/client held", client_held_tests)                                                    \
    X("harness/client limits", client_limits_tests)                                                \
    X("harness/client process", client_process_tests)                                              \
    X("harness/client reads", client_reads_tests)                                                  \
    X("harness/bundled", bundled_tests)                                                            \
    X("harness/client TLS", client_tls_tests)                                                      \
    X("harness/client trust", client_trust_tests)                                                  \
    X("second opinion", second_opinion_tests)                                                      \
    X("harness/child", child_tests)                                                                \
    X("harness/driver_lines", driver_lines_tests)                                                  \
    X("harness/driver_process", driver_process_tests)                                              \
    X("harness/load", load_tests)                                                                  \
    X("harness/expand", expand_tests)                                                              \
    X("harness/collect", collect_tests)                                                            \
    X("harness/baseline", baseline_tests)                                                          \
    X("harness/id_pattern", id_pattern_tests)                                                      \
    X("harness/shard", shard_tests)                                                                \
    X("harness/worker", worker_tests)                                                              \
    X("harness/queue", queue_tests)                                                                \
    X("harness/load limits", load_limits_tests)                                                    \
    X("harness/load dump", load_dump_tests)                                                        \
    X("harness/catalog", load_catalog_tests)                                                       \
    X("harness/tally", tally_tests)                                                                \
    X("harness/match", match_tests)                                                                \
    X("harness/given", given_tests)                                                                \
    X("harness/judge", judge_tests)                                                                \
    X("harness/seen", seen_tests)                                                                  \
    X("wire/rules", rules_tests)                                                                   \
    X("reports/wire_text", wire_text_tests)                                                        \
    X("reports/console", console_tests)                                                            \
    X("reports/json", json_report_tests)                                                           \
    X("harness/descriptor", descriptor_tests)                                                      \
    X("reports/read_report", read_report_tests)                                                    \
    X("reports/compare", compare_tests)                                                            \
    X("reports/observed", observed_tests)                                                          \
    X("reports/junit", junit_tests) X("reports/tap", tap_tests)

#define SUITE_DECLARE(name, array) extern CU_TestInfo array[];
SUITES(SUITE_DECLARE)
#undef SUITE_DECLARE

#endif
