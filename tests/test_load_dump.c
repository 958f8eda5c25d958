/* Good case files in, what was made of them out, as one line each. */
#include "harness/load.h"
#include "tests/check.h"
#include "tests/load_dump.h"
#include "tests/load_rows.h"
#include "tests/suites.h"

#include <stdlib.h>

static const struct requirement requirements[] = {
    {.id = "9110-1-1", .level = "SHOULD", .has_keyword = true},
    {.id = "9112-8-1", .level = "MUST", .has_keyword = true}};
static const struct catalog catalog = {requirements, COUNT_OF(requirements)};

#define REQUEST(members) HEAD ", \"client\": [{\"request\": {" members "}}]" ORIGIN EXPECT "}"
#define STEPS(steps)     HEAD CLIENT ", \"origin\": " steps EXPECT "}"
#define OUTCOME(members) HEAD CLIENT ORIGIN ", \"expect\": {\"client\": [{" members "}]}}"
#define SEEN(members)    HEAD CLIENT ORIGIN ", \"expect\": {\"origin\": {" members "}}}"
#define ROWS(list)       HEAD CLIENT ORIGIN ", \"behaviours\": [" list "]}"

#define PROXIED(tls, proxy, steps)                                                                 \
    HEAD ", \"client\": [{\"request\": {\"proxy\": " proxy "}}], \"origin\": {\"tls\": " tls       \
         ", \"steps\": [{\"send\": \"x\"}]}, \"proxy\": " steps ", \"mark\": \"none\"" EXPECT "}"

/* What the parts become. */
#define TUNNELLESS " > https valid 0-1: send \"x\" || proxy (a proxy):  >  > "
#define TUNNEL     TUNNELLESS "proxy.tunnel "
#define GET        "\"GET\" \"/\""
#define SENT       "read request; send \"x\" > 0.1"
#define OK         "pass none"
#define REST       " > " SENT " > "
#define DEFAULT    GET REST

static const struct row {
    const char *text, *want;
} rows[] = {
    /* client */
    {HEAD CLIENT ORIGIN EXPECT "}", DEFAULT "- > " OK},
    {REQUEST("\"method\": \"POST\", \"target\": \"/a?b=%20\""),
     "\"POST\" \"/a?b=%20\"" REST "- > " OK},
    {REQUEST("\"method\": [\"P\", {\"hex\": \"5554\"}]"), "\"PUT\" \"/\"" REST "method.any > " OK},
    {REQUEST("\"target\": \"*\""), "\"GET\" \"*\"" REST "target.raw > " OK},
    {REQUEST("\"target\": \"/{{origin.port}}\""), "\"GET\" \"/34567\"" REST "target.raw > " OK},
    {REQUEST("\"headers\": [\"A:\\t b\", [\"\", \"c{{CR}}\"]]"),
     GET " \"A\":\"b\" \"\":\"c\\r\"" REST "headers.any > " OK},
    {REQUEST("\"body\": {\"bytes\": \"\"}"), GET " bytes \"\"" REST "body.bytes > " OK},
    {REQUEST("\"body\": {\"stream\": [\"a\", \"\", \"b\"]}"),
     GET " stream \"a\" \"\" \"b\"" REST "body.stream > " OK},
    {REQUEST("\"body\": {\"from_file\": \"a\"}"), GET " file \"a\"" REST "body.file > " OK},
    {REQUEST("\"body\": {\"stream\": [], \"length\": 0}"),
     GET " stream of 0" REST "body.stream.length > " OK},
    {HEAD
     ", \"client\": [{\"request\": {\"body\": {\"stream\": [\"a\", {\"hold\": \"s\"}, \"b\"]}}}], "
     "\"origin\": [{\"read\": \"head\", \"as\": \"s\"}, {\"send\": \"x\"}]" EXPECT "}",
     GET
     " stream \"a\" hold s \"b\" > read head as s; send \"x\" > 0.1 > body.stream body.hold > " OK},
    {REQUEST("\"body\": {\"stream\": [\"a\", {\"fail\": true}]}"),
     GET " stream \"a\" fail" REST "body.stream body.fail > " OK},
    {REQUEST("\"body\": {\"stream\": []}, \"trailers\": [\"A: b\"], \"expect_continue\": true, "
             "\"timeout_ms\": 500"),
     GET " stream trailer \"A\":\"b\" expects within 500" REST
         "body.stream trailers.send expect_continue timeout > " OK},
    {HEAD ", \"client\": [{\"request\": {}, \"background\": true}]" ORIGIN EXPECT "}",
     GET " background" REST "concurrent > " OK},
    {REQUEST("\"read\": \"stream\""), GET " by pieces" REST "read.stream > " OK},
    {REQUEST("\"read\": [3, 5]"), GET " by 3 5" REST "read.amount > " OK},
    {REQUEST("\"read\": {\"abandon\": 0}"), GET " until 0" REST "read.abandon > " OK},
    /* origin */
    {STEPS("{\"steps\": [{\"read\": \"head\"}, {\"read\": \"body\"}, {\"send\": \"\"}, "
           "{\"read\": \"eof\"}]}"),
     GET " > read head; read body; send \"\"; read eof > 0.2 > - > " OK},
    {STEPS("[{\"read\": {\"bytes\": 1}}, {\"read\": {\"until\": {\"hex\": \"00\"}}}, "
           "{\"send\": \"x\"}, {\"close\": \"fin\"}, {\"close\": \"rst\"}]"),
     GET " > read 1; read until \"\\x00\"; send \"x\"; close fin; close rst > 0.2 > - > " OK},
    {STEPS("{\"receive_buffer\": 4096, \"steps\": [{\"send\": \"a\"}]}"),
     GET " > into 4096: send \"a\" > 0.0 > - > " OK},
    {STEPS("{\"connections\": [[{\"send\": \"a\", \"as\": \"n\"}], [{\"close\": \"full\"}], []]}"),
     GET " > send \"a\" as n | close full |  > 0.0 > - > " OK},
    {STEPS("{\"requests\": [{\"when\": {\"method\": \"POST\", \"target\": [\"/a\", {\"has\": "
           "\"b\"}], "
           "\"headers\": {\"expect\": null}}, \"steps\": [{\"send\": \"x\"}], \"times\": 2}, "
           "{\"steps\": [{\"read\": \"request\"}]}]}"),
     GET " > method 1 target 2 headers 1 times 2: send \"x\" | any: read request > 0.0 > - > " OK},
    {HEAD CLIENT ORIGIN ", \"peers\": {\"b-2\": [{\"send\": \"{{b-2.port}}{{origin.port}}\"}], "
                        "\"c\": {\"refuse\": true}}, \"expect\": {\"b-2\": {\"connections\": 0}}}",
     GET " > read request; send \"x\" || b-2: send \"3456734567\" || c: refuses > 0.1 > - > pass "
         "peer 1 connections=0-0"},
    {STEPS("[{\"send\": {\"repeat\": \"ab\", \"times\": 1099511627776}}]"),
     GET " > send \"ababababababababababababababababababababababababab\"#2199023255552 > 0.0 > - "
         "> " OK},
    {STEPS("[{\"send\": {\"chunk\": {\"repeat\": \"x\", \"times\": 1099511627776}}}]"),
     GET " > send \"10000000000\\r\\nxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"#1099511627791 > 0.0 > "
         "- > " OK},
    /* marks, needs */
    {HEAD CLIENT EXPECT ", \"origin\": [{\"read\": {\"bytes\": 1}, \"as\": \"b\"}, {\"send\": "
                        "\"x\", \"as\": \"s\"}], \"mark\": [\"s\", \"b\"]}",
     GET " > read 1 as b; send \"x\" as s > 0.1 0.0 > - > " OK},
    {HEAD CLIENT EXPECT ", \"origin\": [], \"mark\": \"none\"}", GET " >  >  > - > " OK},
    {HEAD ", \"client\": [{\"request\": {}}, {\"request\": {}, \"as\": \"c\"}]" ORIGIN EXPECT
          ", \"mark\": \"none\"}",
     GET "; " GET " as c > read request; send \"x\" >  > session > " OK},
    {HEAD CLIENT ORIGIN EXPECT ", \"needs\": [\"headers.any\", \"report.reason\"]}",
     DEFAULT "headers.any report.reason > " OK},
    {ROWS("{\"name\": \"a\", \"verdict\": \"pass\", \"client\": [{\"trailers\": {\"A\": \"x\"}}]}, "
          "{\"name\": \"b\", \"verdict\": \"fail\", \"why\": \"leak\", "
          "\"client\": [{\"trailers\": {\"A\": null}, \"interim\": []}]}"),
     DEFAULT "report.trailers > pass none trailers.A=\"x\"; fail (leak) none trailers.A=null "
             "interim="},
    /* proxies and TLS */
    {PROXIED("{}", "true", "[]"), GET " by proxy" TUNNEL "tls > " OK},
    {PROXIED("{}", "false", "[]"), GET TUNNELLESS "tls > " OK},
    {HEAD ", \"client\": [{\"request\": {\"proxy\": {\"auth\": \"a:b\", \"tunnel\": true, "
          "\"headers\": [\"X: y\"]}, \"authority\": \"o.test\"}}], \"proxy\": [{\"relay\": "
          "\"origin\", \"as\": \"m\"}], \"mark\": \"m\"" ORIGIN EXPECT "}",
     GET " of \"o.test\" by proxy tunnel auth a:b \"X\":\"y\" > read request; send \"x\" || proxy "
         "(a proxy): relay 0 as m > 0.0 > proxy.tunnel.plain proxy.auth proxy.headers > " OK},
    {REQUEST("\"authority\": \"[::1]:{{origin.port}}\""), GET " of \"[::1]:34567\"" REST "- > " OK},
    {REQUEST("\"authority\": \"a b\""), GET " of \"a b\"" REST "target.raw > " OK},
    {REQUEST("\"authority\": \"a/b\""), GET " of \"a/b\"" REST "target.raw > " OK},
    {STEPS("[{\"start_tls\": {}}, {\"send\": \"x\"}, {\"close\": \"notify\"}, {\"close\": "
           "\"full\", \"close_notify\": false}]"),
     GET " > start_tls valid 0-1; send \"x\"; close notify; close full alone > 0.1 > - > " OK},
    {STEPS("{\"tls\": {\"certificate\": \"self-signed\", \"versions\": \"1.3\", \"tickets\": "
           "true, \"address\": true}, \"steps\": [{\"send\": \"x\"}, {\"close\": \"fin\", "
           "\"close_notify\": true}]}"),
     GET " > https by address self-signed 1-1 tickets: send \"x\"; close fin > 0.0 > tls > " OK},
    {STEPS("{\"tls\": {\"start\": \"script\"}, \"requests\": [{\"steps\": [{\"send\": \"x\"}, "
           "{\"close\": \"notify\"}]}, {\"steps\": [{\"start_tls\": {\"versions\": \"1.2\"}}]}]}"),
     GET " > https : any: send \"x\"; close notify | any: start_tls valid 0-0 > 0.0 > tls > " OK},
    {HEAD ", \"client\": [{\"request\": {\"proxy\": true}}], \"proxy\": {\"tls\": {}, \"steps\": "
          "[{\"forward\": \"b\", \"as\": \"m\"}]}, \"peers\": {\"b\": [{\"relay\": \"origin\", "
          "\"up\": {\"after\": 3, \"end\": \"silence\"}, \"down\": {\"after\": 0, \"end\": "
          "\"rst\"}}]}, \"mark\": \"m\"" ORIGIN EXPECT "}",
     GET
     " by proxy > read request; send \"x\" || proxy (a proxy): https valid 0-1: forward 2 as m || "
     "b: relay 0 up 3 silence down 0 rst > 0.0 > proxy.http proxy.tls tls > " OK},
    /* outcomes */
    {OUTCOME("\"error\": \"any\", \"partial\": {\"prefix_of\": \"hello\"}"),
     DEFAULT "report.partial > pass any partial=prefix_of \"hello\""},
    {OUTCOME("\"error\": \"maybe\", \"status\": \"any\""), DEFAULT "- > pass any+none status=any"},
    {OUTCOME("\"error\": [\"reset\", \"hung\"], \"status\": [200, 299]"),
     DEFAULT "- > pass reset+hung status=200,299"},
    {OUTCOME("\"body\": {\"any\": [[\"a\", \"b\"], {\"has\": \"c\"}, {\"length\": 3}, null, "
             "{\"any\": [\"d\"]}]}"),
     DEFAULT "- > pass none body=\"ab\",has \"c\",length 3,null,\"d\""},
    {OUTCOME("\"reason\": [\"OK\", null], \"headers\": {\"X-A\": [\"1\", {\"hex\": \"32\"}]}, "
             "\"interim\": [100, 103]"),
     DEFAULT "report.reason report.headers report.interim > pass none reason=\"OK\",null "
             "headers.X-A=\"1\",\"2\" interim=100,103"},
    /* what the origin saw */
    {SEEN("\"connections\": 1, \"requests\": []"),
     DEFAULT "- > pass peer 0 connections=1-1 requests=0"},
    {SEEN("\"requests\": [{}, {\"method\": [\"A\", \"B\"], \"target\": {\"prefix_of\": \"/1\"}, "
          "\"headers\": {\"H\": null}, \"body\": [\"a\", \"b\"], \"trailers\": {\"T\": \"x\"}, "
          "\"framing\": [\"length\", \"chunked\"], \"chunks\": [1, 2], \"complete\": false, "
          "\"on\": 1}]"),
     DEFAULT "- > pass peer 0 requests=2 { } { method=\"A\",\"B\" target=prefix_of \"/1\" "
             "body=\"ab\" headers.H=null trailers.T=\"x\" framing=6 chunks=1-2 cut on=1 }"},
    {SEEN("\"count\": {\"POST /2\": [0, 1], \"* *\": 3}"),
     DEFAULT "- > pass peer 0 (POST /2) times=0-1 ( ) times=3-3"},
    /* behaviours, definitions */
    {ROWS("{\"name\": \"a\", \"verdict\": \"warn\", \"why\": \"9110-1-1\", \"client\": "
          "[{\"status\": 200}]}, {\"name\": \"b\", \"verdict\": \"fail\", \"why\": \"9112-8-1\", "
          "\"client\": [{}]}, {\"name\": \"c\", \"verdict\": \"unexercised\", \"client\": "
          "[{\"error\": \"maybe\"}]}"),
     DEFAULT "- > warn (9110-1-1) none status=200; fail (9112-8-1) none; unexercised any+none"},
    {"{\"suite\": \"s\", \"defs\": {\"b\": {\"use\": \"c\"}, \"c\": \"x\"}, \"cases\": [" HEAD
         CLIENT ", \"defs\": {\"s\": [{\"send\": {\"use\": \"b\"}}, {\"use\": \"t\"}], \"t\": "
     "[{\"close\": \"fin\"}], \"n\": {\"name\": \"n\", \"verdict\": \"info\", "
     "\"client\": [{\"body\": {\"use\": \"b\"}}]}}, \"origin\": [{\"use\": \"s\"}], "
     "\"behaviours\": [{\"use\": \"n\"}]}]}",
     GET " > send \"x\"; close fin > 0.0 > - > info none body=\"x\""},
};

static void makes_of_every_row_what_it_says(void)
{
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct arena *arena = arena_new();
        struct corpus corpus = {.arena = arena, .catalog = &catalog};
        struct diags diags = {.arena = arena};
        char *got = NULL;
        size_t len = 0;
        FILE *out = open_memstream(&got, &len);
        CU_ASSERT_PTR_NOT_NULL_FATAL(out);
        if (corpus_load_text(&corpus, "f.json", bytes_of(rows[i].text), &diags))
            load_dump(out, corpus.cases[0], arena);
        else
            fputs(diag_text(diags.first, arena), out);
        fclose(out);
        CHECK_ROW(strcmp(got, rows[i].want) == 0, "row %zu:\n  got  %s\n  want %s", i, got,
                  rows[i].want);
        free(got);
        arena_free(arena);
    }
}

CU_TestInfo load_dump_tests[] = {
    {"makes of every row what it says", makes_of_every_row_what_it_says},
    CU_TEST_INFO_NULL,
};
