#include "tests/load_rows.h"

#include "tests/check.h"

#include <string.h>

/* No schema can say so: it is about names, sums, or what stands elsewhere. */
#define BEYOND LOAD_ROW_BEYOND

/* A case with one thing in it changed. */
#define WITH(member)          HEAD CLIENT ORIGIN EXPECT ", " member "}"
#define WITH_REQUEST(members) HEAD ", \"client\": [{\"request\": {" members "}}]" ORIGIN EXPECT "}"
#define WITH_STEP(step)       HEAD CLIENT ", \"origin\": [{\"send\": \"x\"}, " step "]" EXPECT "}"
#define WITH_SEND(bytes)      HEAD CLIENT ", \"origin\": [{\"send\": " bytes "}]" EXPECT "}"
#define WITH_OUTCOME(members) HEAD CLIENT ORIGIN ", \"expect\": {\"client\": [{" members "}]}}"
#define WITH_PEER(members)    HEAD CLIENT ORIGIN ", \"expect\": {\"origin\": {" members "}}}"
#define WITH_BEHAVIOURS(list) HEAD CLIENT ORIGIN ", \"behaviours\": [" list "]}"
#define WITH_DEFS(defs, bytes)                                                                     \
    HEAD CLIENT ", \"origin\": [{\"send\": " bytes "}]" EXPECT ", \"defs\": {" defs "}}"
#define WITH_MATRIX(values, bytes)                                                                 \
    HEAD CLIENT ", \"origin\": [{\"send\": " bytes "}]" EXPECT ", \"matrix\": {" values "}}"
#define DOUBLED(name, inner) "\"" name "\": [\"{{" inner "}}{{" inner "}}\"], "
#define WITH_SWEEP(member)                                                                         \
    HEAD CLIENT ", \"origin\": [{\"send\": \"HTTP/1.1 204 X\\r\\n\\r\\n\", \"as\": \"s\"}]" EXPECT \
                ", " member "}"
#define WITH_SWEEP_BEHAVIOURS(list)                                                                \
    HEAD CLIENT                                                                                    \
        ", \"origin\": [{\"send\": \"xyz\", \"as\": \"s\"}], \"split\": {\"send\": \"s\"}, "       \
        "\"behaviours\": [" list "]}"
#define WITH_WHEN(when)                                                                            \
    HEAD CLIENT ", \"origin\": [{\"send\": \"x{{v.is}}\", \"as\": \"s\"}], \"matrix\": {\"v\": ["  \
                "{\"name\": \"one\", \"is\": 1}, {\"name\": \"two\", \"is\": 2}]}, \"split\": "    \
                "{\"send\": \"s\"}, \"behaviours\": [" PASS(                                       \
                    "a", "\"client\": [{\"status\": 200}], \"when\": " when) "]}"
#define PASS(name, members) "{\"name\": \"" name "\", \"verdict\": \"pass\", " members "}"

const struct load_bad_row load_bad_rows[] = {
    /* the file */
    {"", "1: want a JSON value, got the end of the text"},
    {"[]", "1: want an object, got an array"},
    {"{\"cases\": {}}", "1: /cases: want an array, got an object"},
    {"{\"cases\": []}", "1: /cases: want at least one case"},
    {"{\"cases\": [1]}", "1: /cases/0: want an object, got a number"},
    {"{\"cases\": [" WITH("\"x\": 1") "]}", "1: /cases/0/x: unknown key \"x\""},
    {"{\"suite\": \"\", \"cases\": [" HEAD CLIENT ORIGIN EXPECT "}]}",
     "1: /suite: want a text, got an empty string"},
    {"{\"defs\": {\"a\": \"x\"}, \"cases\": [" HEAD CLIENT ORIGIN EXPECT "}]}",
     BEYOND "1: /defs/a: nothing uses this definition"},
    {"{\"cases\": [" HEAD CLIENT ORIGIN EXPECT "}, " HEAD CLIENT ORIGIN EXPECT "}]}",
     BEYOND "1: /cases/1/id: another case has this id: f.json:1"},
    /* about the case */
    {"{}", "1: want a member \"client\", got none"},
    {WITH("\"titel\": \"x\""), "1: /titel: unknown key \"titel\"; did you mean \"title\"?"},
    {"{\"id\": 1, \"title\": \"t\"" CLIENT ORIGIN EXPECT "}",
     "1: /id: want a string, got a number"},
    {"{\"id\": \"a\", \"title\": \"t\"" CLIENT ORIGIN EXPECT "}", "1: /id: want THEME/NAME"},
    {"{\"id\": \"A/b\", \"title\": \"t\"" CLIENT ORIGIN EXPECT "}", "1: /id: want THEME/NAME"},
    {"{\"id\": \"a/\", \"title\": \"t\"" CLIENT ORIGIN EXPECT "}", "1: /id: want THEME/NAME"},
    {"{\"id\": \"a//b\", \"title\": \"t\"" CLIENT ORIGIN EXPECT "}", "1: /id: want THEME/NAME"},
    {"{\"id\": \"a/b\"" CLIENT ORIGIN EXPECT "}", "1: want a member \"title\", got none"},
    {"{\"id\": \"a/b\", \"title\": \"\"" CLIENT ORIGIN EXPECT "}",
     "1: /title: want a text, got an empty string"},
    {WITH("\"requirements\": [\"9112-8-2\"]"), BEYOND
     "1: /requirements/0: no requirement has the id \"9112-8-2\"; did you mean \"9112-8-1\"?"},
    {WITH("\"requirements\": [\"9112-8-1\", \"9112-8-1\"]"),
     "1: /requirements/1: \"9112-8-1\" stands here before"},
    {WITH("\"requirements\": \"9112-8-1\""), "1: /requirements: want an array, got a string"},
    {WITH("\"seen_in\": [\"http://x\"]"), "1: /seen_in/0: want an address that begins with https"},
    {WITH("\"connection\": \"closed\""),
     "1: /connection: want \"open\", \"spent\", \"dirty\" or \"keep\", got \"closed\""},
    {WITH("\"connection\": {\"reused\": \"skip\"}"),
     "1: /connection/reused: want \"pass\", \"info\", \"warn\" or \"fail\", got \"skip\""},
    {WITH("\"connection\": {\"unseen\": \"pass\"}"), "1: /connection/unseen: unknown key"},
    {WITH("\"tags\": [\"Smoke\"]"), "1: /tags/0: want a word in lower-case letters, got \"Smoke\""},
    {WITH("\"deadline_ms\": 0"), "1: /deadline_ms: want a whole number from 1 to 600000, got 0"},
    {WITH("\"deadline_ms\": 1.5"),
     "1: /deadline_ms: want a whole number from 1 to 600000, got 1.5"},
    {WITH("\"deadline_ms\": \"1\""), "1: /deadline_ms: want a number, got a string"},
    {WITH("\"needs\": [\"sesion\"]"), "1: /needs/0: want \"session\", "},
    {HEAD CLIENT ORIGIN "}", "1: want either \"behaviours\" or \"expect\""},
    {HEAD CLIENT ORIGIN EXPECT ", \"behaviours\": []}",
     "1: want either \"behaviours\" or \"expect\""},
    /* the client */
    {HEAD ", \"client\": []" ORIGIN EXPECT "}", "1: /client: want at least one step"},
    {HEAD ", \"client\": [{}]" ORIGIN EXPECT "}",
     "1: /client/0: want a member \"request\", got none"},
    {HEAD ", \"client\": [{\"get\": {}}]" ORIGIN EXPECT "}", "1: /client/0: want a member"},
    {WITH_REQUEST("\"metod\": \"GET\""),
     "1: /client/0/request/metod: unknown key \"metod\"; did you mean \"method\"?"},
    {WITH_REQUEST("\"method\": 1"), "1: /client/0/request/method: want a string, an array or"},
    {WITH_REQUEST("\"headers\": {\"a\": \"b\"}"),
     "1: /client/0/request/headers: want an array, got an object"},
    {WITH_REQUEST("\"headers\": [\"a\"]"),
     "1: /client/0/request/headers/0: want \"Name: value\", got \"a\""},
    {WITH_REQUEST("\"headers\": [[\"a\"]]"),
     "1: /client/0/request/headers/0: want \"Name: value\" or [name, value], got an array"},
    {WITH_REQUEST("\"headers\": [\"a: b\\r\\nc: d\"]"),
     "1: /client/0/request/headers/0: want one line; where a CR or LF is meant"},
    {WITH_REQUEST("\"body\": \"x\""), "1: /client/0/request/body: want an object, got a string"},
    {WITH_REQUEST("\"body\": {}"), "1: /client/0/request/body: want \"bytes\" or \"stream\""},
    {WITH_REQUEST("\"body\": {\"bytes\": \"x\", \"length\": 1}"),
     "1: /client/0/request/body/length: \"length\" goes with \"stream\""},
    {WITH_REQUEST("\"body\": {\"stream\": \"x\"}"),
     "1: /client/0/request/body/stream: want an array, got a string"},
    {WITH_REQUEST("\"read\": \"some\""),
     "1: /client/0/request/read: want \"all\" or \"stream\", got \"some\""},
    {WITH_REQUEST("\"body\": {\"stream\": [{\"hold\": \"s\"}]}"),
     BEYOND "1: /client/0/request/body/stream/0/hold: no step has the name \"s\""},
    {WITH_REQUEST("\"body\": {\"stream\": [{\"hold\": \"s\", \"fail\": true}]}"),
     "1: /client/0/request/body/stream/0/fail: unknown key \"fail\""},
    {WITH_REQUEST("\"body\": {\"stream\": [{\"fail\": false}]}"),
     "1: /client/0/request/body/stream/0/fail: want true"},
    {WITH_REQUEST("\"body\": {\"stream\": [{\"fail\": true}, \"x\"]}"),
     BEYOND "1: /client/0/request/body/stream/1: the source is broken before this piece"},
    {WITH_REQUEST("\"trailers\": [\"A: b\"]"),
     "1: /client/0/request/trailers: want a \"body\" that they stand behind"},
    {WITH_REQUEST("\"expect_continue\": true"),
     BEYOND "1: /client/0/request/expect_continue: want a \"body\" that waits for it"},
    {WITH_REQUEST("\"timeout_ms\": 499"),
     "1: /client/0/request/timeout_ms: want a whole number from 500 to 600000, got 499"},
    {HEAD
     ", \"client\": [{\"request\": {\"body\": {\"stream\": [{\"hold\": \"s\"}]}}, \"as\": \"c\"}], "
     "\"origin\": [{\"read\": \"head\"}, {\"send\": \"x\", \"as\": \"s\", \"after\": \"c\"}]" EXPECT
     "}",
     BEYOND "1: /origin/1/after: barriers wait for each other"},
    {WITH_REQUEST("\"read\": []"), "1: /client/0/request/read: want 1 to 1000 amounts"},
    {WITH_REQUEST("\"read\": [0]"), "1: /client/0/request/read/0: want a whole number from 1"},
    {WITH_REQUEST("\"read\": {\"abandn\": 1}"), "1: /client/0/request/read: want a member"},
    {WITH_REQUEST("\"read\": 5"), "1: /client/0/request/read: want \"all\", \"stream\", [amounts]"},
    {HEAD ", \"client\": [{\"request\": {}, \"allow\": [\"host-mising\"]}]" ORIGIN EXPECT "}",
     BEYOND
     "1: /client/0/allow/0: no rule is called \"host-mising\"; did you mean \"host-missing\"?"},
    {HEAD ", \"client\": [{\"request\": {}, \"allow\": \"host-missing\"}]" ORIGIN EXPECT "}",
     "1: /client/0/allow: want an array, got a string"},
    {WITH("\"rules\": [\"host\"]"), BEYOND "1: /rules/0: no rule is called \"host\""},
    {WITH("\"rules\": \"host-missing\""), "1: /rules: want an array, got a string"},
    {WITH_BEHAVIOURS(PASS("a", "\"rules\": \"dirty\"")),
     "1: /behaviours/0/rules: want \"clean\", got \"dirty\""},
    /* steps */
    {HEAD CLIENT ", \"origin\": \"x\"" EXPECT "}", "1: /origin: want an object, got a string"},
    {HEAD CLIENT ", \"origin\": {}" EXPECT "}",
     "1: /origin: want a list of steps, \"steps\", \"connections\","},
    {HEAD CLIENT ", \"origin\": {\"connections\": []}" EXPECT "}",
     "1: /origin/connections: want at least one script"},
    {HEAD CLIENT ", \"origin\": {\"requests\": []}" EXPECT "}",
     "1: /origin/requests: want at least one route"},
    {HEAD CLIENT ", \"origin\": {\"requests\": [{\"when\": {}, \"steps\": []}]}" EXPECT "}",
     "1: /origin/requests/0/when: states nothing; want \"method\", \"target\" or \"headers\""},
    {HEAD CLIENT
     ", \"origin\": {\"requests\": [{\"when\": {\"path\": \"/\"}, \"steps\": []}]}" EXPECT "}",
     "1: /origin/requests/0/when/path: unknown key \"path\""},
    {HEAD CLIENT ", \"origin\": {\"requests\": [{\"times\": 0, \"steps\": []}]}" EXPECT "}",
     "1: /origin/requests/0/times: want a whole number from 1"},
    {HEAD CLIENT ", \"origin\": {\"requests\": [{}]}" EXPECT "}",
     "1: /origin/requests/0: want a member \"steps\""},
    {HEAD CLIENT ", \"origin\": {\"refuse\": false}, \"mark\": \"none\"" EXPECT "}",
     "1: /origin/refuse: want true"},
    {HEAD CLIENT ", \"origin\": {\"refuse\": true, \"steps\": []}" EXPECT "}",
     "1: /origin: want a list of steps, \"steps\", \"connections\","},
    {HEAD CLIENT ORIGIN ", \"peers\": []" EXPECT "}", "1: /peers: want an object, got an array"},
    {HEAD CLIENT ORIGIN ", \"peers\": {\"Other\": []}" EXPECT "}",
     "1: /peers/Other: want a name in lower-case letters, digits and \"-\""},
    {HEAD CLIENT ORIGIN ", \"peers\": {\"proxy\": []}" EXPECT "}",
     "1: /peers/proxy: want a name in lower-case letters"},
    {HEAD CLIENT ORIGIN
     ", \"peers\": {\"a\": [], \"b\": [], \"c\": [], \"d\": [], \"e\": [], \"f\": [], "
     "\"g\": [], \"h\": []}" EXPECT "}",
     "1: /peers: want at most 7 peers besides the origin"},
    {HEAD CLIENT ", \"origin\": [{\"read\": \"request\"}]" EXPECT "}",
     BEYOND "1: the first script sends nothing: want a \"mark\""},
    {WITH_STEP("{\"sned\": \"x\"}"),
     "1: /origin/1/sned: unknown key \"sned\"; did you mean \"send\"?"},
    {WITH_STEP("{\"as\": \"x\"}"), "1: /origin/1: want one of"},
    {WITH_STEP("{\"read\": \"head\", \"send\": \"x\"}"), "1: /origin/1: want one of \"read\", "},
    {WITH_STEP("{\"read\": \"heads\"}"),
     "1: /origin/1/read: want \"head\", \"body\", \"request\" or \"eof\", got \"heads\""},
    {WITH_STEP("{\"read\": {}}"), "1: /origin/1/read: want \"bytes\" or \"until\""},
    {WITH_STEP("{\"read\": {\"bytes\": -1}}"), "1: /origin/1/read/bytes: want a whole number"},
    {WITH_STEP("{\"read\": {\"until\": \"\"}}"),
     BEYOND "1: /origin/1/read/until: want at least one octet"},
    {WITH_STEP("{\"read\": {\"until\": \"{{origin.port}}\"}}"),
     BEYOND "1: /origin/1/read/until: want"},
    {WITH_STEP("{\"close\": \"now\"}"),
     "1: /origin/1/close: want \"fin\", \"full\" or \"rst\", got \"now\""},
    {WITH_STEP("{\"close\": \"rst\"}, {\"send\": \"y\"}"),
     BEYOND "1: /origin/2: the connection is closed by the step before"},
    {WITH_STEP("{\"read\": \"eof\", \"as\": \"\"}"), "1: /origin/1/as: want a text"},
    {WITH_STEP("{\"read\": \"eof\", \"as\": \"a\"}, {\"read\": \"eof\", \"as\": \"a\"}"),
     BEYOND "1: /origin/2/as: another step has the name \"a\""},
    {WITH_STEP("{\"use\": \"a\"}"), BEYOND "1: /origin/1/use: there is no \"a\" in \"defs\""},
    {WITH_STEP("{\"close\": \"fin\"}, {\"send\": \"x\"}"),
     BEYOND "1: /origin/2: the sending side is closed by a step before"},
    /* waits, segments, barriers, repeats */
    {WITH_STEP("{\"repeat\": [{\"send\": \"x\"}]}"),
     "1: /origin/1: want \"times\", or \"until\" and \"limit\""},
    {WITH_STEP("{\"repeat\": [{\"send\": \"x\"}], \"times\": 0}"),
     "1: /origin/1/times: want a whole number from 1"},
    {WITH_STEP("{\"repeat\": [{\"send\": \"x\"}], \"until\": \"gone\"}"),
     "1: /origin/1: want \"times\", or \"until\" and \"limit\""},
    {WITH_STEP("{\"repeat\": [{\"send\": \"x\"}], \"until\": \"end\", \"limit\": 5}"),
     "1: /origin/1/until: want \"gone\", got \"end\""},
    {WITH_STEP("{\"repeat\": [], \"times\": 2}"), "1: /origin/1: want at least one step"},
    {WITH_STEP("{\"repeat\": [{\"sned\": 1}], \"times\": 2}"),
     "1: /origin/1/repeat/0/sned: unknown key"},
    {WITH_STEP("{\"repeat\": [{\"close\": \"rst\"}], \"times\": 2}"),
     BEYOND "1: /origin/1: the connection is closed by a step that is repeated"},
    {WITH_STEP("{\"wait\": \"read\"}"),
     "1: /origin/1/wait: want \"arrived\", \"drained\" or \"settled\", got \"read\""},
    {WITH_STEP("{\"wait\": {}}"), "1: /origin/1/wait: want a member \"ms\", got none"},
    {WITH_STEP("{\"wait\": {\"ms\": 0}}"), "1: /origin/1/wait/ms: want a whole number from 1"},
    {WITH_STEP("{\"wait\": {\"ms\": 1, \"unless\": \"x\"}}"),
     BEYOND "1: /origin/1/wait/unless: no step has the name \"x\""},
    {WITH_STEP("{\"wait\": {\"ms\": 1, \"unless\": 1}}"),
     "1: /origin/1/wait/unless: want a string, got a number"},
    {WITH_STEP("{\"send\": \"x\", \"segments\": \"each\"}"),
     "1: /origin/1/segments: want \"each byte\", got \"each\""},
    {WITH_STEP("{\"send\": \"x\", \"segments\": []}"),
     "1: /origin/1/segments: want 1 to 100000 sizes"},
    {WITH_STEP("{\"send\": \"x\", \"segments\": [0]}"),
     "1: /origin/1/segments/0: want a whole number from 1"},
    {WITH_STEP("{\"read\": \"eof\", \"segments\": [1]}"),
     "1: /origin/1/segments: unknown key \"segments\""},
    {WITH_STEP("{\"read\": \"eof\", \"after\": \"x\"}"),
     BEYOND "1: /origin/1/after: no step has the name \"x\""},
    {WITH_STEP("{\"read\": \"eof\", \"after\": []}"), "1: /origin/1/after: want 1 to 100 names"},
    {WITH_STEP("{\"read\": \"eof\", \"after\": [1]}"),
     "1: /origin/1/after/0: want a string, got a number"},
    {WITH_STEP("{\"read\": \"eof\", \"as\": \"x\", \"after\": \"x\"}"),
     BEYOND "1: /origin/1/after: barriers wait for each other"},
    {WITH_STEP("{\"read\": \"eof\", \"as\": \"x\", \"after\": \"x.head\"}"),
     BEYOND "1: /origin/1/after: no step has the name \"x.head\""},
    {HEAD ", \"client\": [{\"request\": {}, \"as\": \"c\", \"after\": \"s\"}]"
          ", \"origin\": [{\"send\": \"x\", \"after\": \"c\", \"as\": \"s\"}]" EXPECT "}",
     BEYOND "1: /origin/0/after: barriers wait for each other"},
    /* marks */
    {WITH("\"mark\": \"a\""), BEYOND "1: /mark: no step has the name \"a\""},
    {WITH("\"mark\": []"), "1: /mark: want a step's name, a list of them, or \"none\""},
    {WITH("\"mark\": 1"), "1: /mark: want a string, got a number"},
    {HEAD ", \"client\": [{\"request\": {}, \"as\": \"c\"}]" ORIGIN EXPECT ", \"mark\": \"c\"}",
     BEYOND "1: /mark: want the name of a step of a peer's"},
    {HEAD ", \"client\": [{\"request\": {}}, {\"request\": {}}]" ORIGIN EXPECT "}",
     BEYOND "1: a case with two client steps names its \"mark\""},
    /* BYTES */
    {WITH_SEND("1"), "1: /origin/0/send: want a string, an array or an object"},
    {WITH_SEND("{}"), "1: /origin/0/send: want \"hex\", "},
    {WITH_SEND("{\"hexx\": \"00\"}"),
     "1: /origin/0/send/hexx: unknown key \"hexx\"; did you mean \"hex\"?"},
    {WITH_SEND("{\"hex\": \"0\"}"), "1: /origin/0/send/hex: want pairs of hexadecimal digits"},
    {WITH_SEND("{\"hex\": \"0g\"}"), "1: /origin/0/send/hex: want pairs of hexadecimal digits"},
    {WITH_SEND("{\"base64\": \"aGVsbG8\"}"), "1: /origin/0/send/base64: want base64 with padding"},
    {WITH_SEND("{\"base64\": \"aGV=bG8=\"}"), "1: /origin/0/send/base64: want base64"},
    {WITH_SEND("{\"base64\": \"aGVsbG9=\"}"), BEYOND "1: /origin/0/send/base64: want base64"},
    {WITH_SEND("{\"repeat\": \"x\"}"), "1: /origin/0/send: want a member \"times\", got none"},
    {WITH_SEND("{\"repeat\": \"x\", \"times\": 1e30}"), "1: /origin/0/send/times: want"},
    {WITH_SEND("{\"repeat\": {\"random\": 65536, \"seed\": 1}, \"times\": 1099511627776}"),
     BEYOND "1: /origin/0/send: more than"},
    {WITH_SEND(
         "{\"repeat\": {\"repeat\": \"x\", \"times\": 1099511627776}, \"times\": 1099511627776}"),
     BEYOND "1: /origin/0/send: repeated more than 1099511627776 times"},
    {WITH_SEND("{\"repeat\": [\"a\", \"{{origin.port}}\"], \"times\": 1000000}"),
     BEYOND "1: /origin/0/send: too many pieces"},
    {WITH_SEND("{\"random\": 5}"), "1: /origin/0/send: want a member \"seed\", got none"},
    {WITH_SEND("{\"random\": 100000000, \"seed\": 1}"), "1: /origin/0/send/random: want"},
    {WITH_SEND("{\"file\": \"../x\"}"), "1: /origin/0/send/file: want a file inside"},
    {WITH_SEND("{\"file\": \"/etc/passwd\"}"), "1: /origin/0/send/file: want a file inside"},
    {WITH_SEND("{\"file\": \"no-such-file\"}"),
     BEYOND "1: /origin/0/send/file: \"no-such-file\": cannot read: No such file or directory"},
    {WITH_SEND("{\"head\": \"x\"}"), "1: /origin/0/send/head: want an array, got a string"},
    {WITH_SEND("{\"head\": [\"a\\r\\nb\"]}"),
     "1: /origin/0/send/head/0: want one line; where a CR"},
    {WITH_SEND("{\"chunk\": \"x\", \"ext\": \"y\"}"), "1: /origin/0/send/ext: unknown key \"ext\""},
    {WITH_SEND("{\"reply\": \"x\", \"status\": 100}"), "1: /origin/0/send/status: want"},
    {WITH_SEND("\"{{origin.prot}}\""),
     "1: /origin/0/send: unknown template \"origin.prot\"; did you mean \"origin.port\"?"},
    {WITH_SEND("\"{{CR\""), "1: /origin/0/send: want \"}}\" behind \"{{\""},
    {WITH_SEND("\"a\\u0000b\""), "1: \\u0000 cannot stand in a string; write {\"hex\""},
    {WITH_DEFS("\"a\": \"x\", \"b\": \"y\"", "{\"use\": \"a\"}"),
     BEYOND "1: /defs/b: nothing uses this definition"},
    {WITH_DEFS("\"a\": [{\"use\": \"b\"}], \"b\": {\"use\": \"a\"}", "{\"use\": \"a\"}"),
     BEYOND "1: /defs/b/use: a circle: \"a\" uses itself"},
    {WITH_DEFS("\"a\": 5", "{\"use\": \"a\"}"), "1: /defs/a: want a string, an array or an object"},
    {WITH_DEFS("\"a\": \"x\"", "{\"use\": \"a\", \"times\": 2}"),
     "1: /origin/0/send/times: unknown key \"times\""},
    /* behaviours */
    {WITH_BEHAVIOURS(""), "1: /behaviours: want at least one behaviour"},
    {WITH_BEHAVIOURS("{\"verdict\": \"pass\", \"client\": [{}]}"),
     "1: /behaviours/0: want a member \"name\", got none"},
    {WITH_BEHAVIOURS("{\"name\": \"a\", \"client\": [{}]}"),
     "1: /behaviours/0: want a member \"verdict\", got none"},
    {WITH_BEHAVIOURS("{\"name\": \"a\", \"verdict\": \"skip\", \"client\": [{}]}"),
     "1: /behaviours/0/verdict: want \"pass\", "},
    {WITH_BEHAVIOURS("{\"name\": \"a\", \"verdict\": \"pass\"}"),
     "1: /behaviours/0: states nothing; want \"client\", \"rules\" or"},
    {WITH_BEHAVIOURS(PASS("a", "\"client\": []")),
     "1: /behaviours/0/client: want 1 to 1 outcomes, one a client step, got 0"},
    {WITH_BEHAVIOURS(PASS("a", "\"client\": [{}, {}]")),
     BEYOND "1: /behaviours/0/client: want 1 to 1 outcomes, one a client step, got 2"},
    {WITH_BEHAVIOURS(PASS("a", "\"client\": [{\"status\": 200}]") ", " PASS(
         "a", "\"client\": [{\"status\": 201}]")),
     BEYOND "1: /behaviours/1/name: the behaviour on line 1 has this name"},
    {WITH_BEHAVIOURS("{\"name\": \"a\", \"verdict\": \"fail\", \"client\": [{}]}"),
     "1: /behaviours/0: want \"why\": what a fail breaks"},
    {WITH_BEHAVIOURS(PASS("a", "\"why\": \"leak\", \"client\": [{}]")),
     "1: /behaviours/0/why: \"why\" goes with warn and fail, not with pass"},
    {WITH_BEHAVIOURS(
         "{\"name\": \"a\", \"verdict\": \"fail\", \"why\": \"9110-1-1\", \"client\": [{}]}"),
     BEYOND
     "1: /behaviours/0/why: a fail rests on a MUST or a harm; \"9110-1-1\" is of level SHOULD"},
    {WITH_BEHAVIOURS(
         "{\"name\": \"a\", \"verdict\": \"fail\", \"why\": \"9110-1-2\", \"client\": [{}]}"),
     BEYOND
     "1: /behaviours/0/why: a fail rests on a MUST or a harm; \"9110-1-2\" is one by our reading"},
    {WITH_BEHAVIOURS("{\"name\": \"a\", \"verdict\": \"warn\", \"why\": \"x\", \"client\": [{}]}"),
     "1: /behaviours/0/why: no requirement has the id \"x\""},
    {WITH_BEHAVIOURS(PASS("a", "\"client\": [{\"status\": \"any\"}]") ", " PASS(
         "b", "\"client\": [{\"status\": 200, \"body\": \"x\"}]")),
     BEYOND "1: /behaviours/1: never matches: \"a\", line 1, hides it"},
    {WITH_BEHAVIOURS(PASS("a", "\"origin\": {\"connections\": [1, 3]}") ", " PASS(
         "b", "\"client\": [{}], \"origin\": {\"connections\": 2}")),
     BEYOND "1: /behaviours/1: never matches: \"a\", line 1, hides it"},
    {WITH_BEHAVIOURS(PASS("a", "\"client\": [{\"body\": {\"prefix_of\": \"hello\"}}]") ", " PASS(
         "b", "\"client\": [{\"body\": \"he\"}]")),
     BEYOND "1: /behaviours/1: never matches: \"a\", line 1, hides it"},
    {WITH_BEHAVIOURS(
         PASS("a", "\"client\": [{\"error\": \"reset\"}]") ", {\"name\": \"b\", "
                                                           "\"verdict\": \"info\", \"client\": "
                                                           "[{\"error\": \"any\"}]}"),
     BEYOND "1: /behaviours/1: differs from \"a\", line 1, only in an error's kind"},
    /* outcome patterns */
    {WITH_OUTCOME("\"eror\": \"any\""), "1: /expect/client/0/eror: unknown key"},
    {WITH_OUTCOME("\"error\": \"none\""), "1: /expect/client/0/error: want \"invalid_request\""},
    {WITH_OUTCOME("\"error\": [\"any\"]"), "1: /expect/client/0/error/0: want"},
    {WITH_OUTCOME("\"error\": []"), "1: /expect/client/0/error: want at least one word"},
    {WITH_OUTCOME("\"status\": 99"), "1: /expect/client/0/status: want a whole number from 100"},
    {WITH_OUTCOME("\"status\": \"some\""), "1: /expect/client/0/status: want \"any\", got"},
    {WITH_OUTCOME("\"status\": []"), "1: /expect/client/0/status: want at least one status"},
    {WITH_OUTCOME("\"body\": {\"starts\": \"x\"}"), "1: /expect/client/0/body/starts: unknown key"},
    {WITH_OUTCOME("\"body\": {\"any\": []}"), "1: /expect/client/0/body/any: want at least one"},
    {WITH_OUTCOME("\"error\": \"any\", \"body\": \"x\""),
     BEYOND "1: /expect/client/0/body: an outcome with an error has \"partial\""},
    {WITH_OUTCOME("\"partial\": \"x\""),
     BEYOND "1: /expect/client/0/partial: an outcome without an error has \"body\""},
    {WITH_OUTCOME("\"headers\": [\"a\"]"), "1: /expect/client/0/headers: want an object"},
    {WITH_OUTCOME("\"headers\": {\"\": \"a\"}"), "1: /expect/client/0/headers/: want a field name"},
    {WITH_OUTCOME("\"headers\": {\"a b\": \"a\"}"),
     "1: /expect/client/0/headers/a b: want a field name"},
    {WITH_OUTCOME("\"headers\": {}"), "1: /expect/client/0/headers: want at least one"},
    {WITH_OUTCOME("\"interim\": [200]"),
     "1: /expect/client/0/interim/0: want a whole number from 100 to 199"},
    {WITH_OUTCOME("\"interim\": 100"), "1: /expect/client/0/interim: want an array, got a number"},
    /* peer patterns */
    {WITH_PEER(""), "1: /expect/origin: states nothing"},
    {WITH_PEER("\"connections\": [2, 1]"),
     BEYOND "1: /expect/origin/connections: want the least number"},
    {WITH_PEER("\"connections\": \"1\""),
     "1: /expect/origin/connections: want a number or [least, most], got a string"},
    {WITH_PEER("\"requests\": {}"), "1: /expect/origin/requests: want an array, got an object"},
    {WITH_PEER("\"requests\": [{\"uri\": \"/\"}]"),
     "1: /expect/origin/requests/0/uri: unknown key \"uri\""},
    {WITH_PEER("\"requests\": [{\"framing\": \"close\"}]"),
     "1: /expect/origin/requests/0/framing: want \"none\", \"length\" or \"chunked\""},
    {WITH_PEER("\"requests\": [{\"complete\": 1}]"),
     "1: /expect/origin/requests/0/complete: want a boolean, got a number"},
    {WITH_PEER("\"count\": {}"), "1: /expect/origin/count: want at least one"},
    {WITH_PEER("\"count\": {\"GET\": 1}"), "1: /expect/origin/count/GET: want \"METHOD TARGET\""},
    /* matrix */
    {WITH_MATRIX("", "\"x\""), "1: /matrix: want 1 to 32 variables"},
    {WITH("\"matrix\": []"), "1: /matrix: want an object, got an array"},
    {WITH_MATRIX("\"a\": 1", "\"x\""), "1: /matrix/a: want an array, got a number"},
    {WITH_MATRIX("\"a\": []", "\"x\""), "1: /matrix/a: want 1 to 10000 values"},
    {WITH_MATRIX("\"a.b\": [1]", "\"x\""), "1: /matrix/a.b: want a name in letters, digits"},
    {WITH_MATRIX("\"CR\": [1]", "\"x\""), "1: /matrix/CR: \"CR\" is the name of a template"},
    {WITH_MATRIX("\"a\": [[1]]", "\"{{a}}\""),
     "1: /matrix/a/0: want a value that is no list, or an object with a \"name\""},
    {WITH_MATRIX("\"a\": [{\"b\": 1}]", "\"{{a.b}}\""), "1: /matrix/a/0: want a value that is no"},
    {WITH_MATRIX("\"a\": [\"x,y\"]", "\"{{a}}\""), "1: /matrix/a/0: \"x,y\" cannot stand in an id"},
    {WITH_MATRIX("\"a\": [\"\"]", "\"{{a}}\""), "1: /matrix/a/0: \"\" cannot stand in an id"},
    {WITH_MATRIX("\"a\": [1, \"1\"]", "\"x{{a}}\""),
     BEYOND "1: /matrix/a/1: another value has the name \"1\""},
    {WITH_MATRIX("\"a\": [{\"name\": \"b\", \"control\": 1}]", "\"x\""),
     "1: /matrix/a/0/control: want a boolean, got a number"},
    {WITH_MATRIX(
         "\"a\": [{\"name\": \"b\", \"control\": true}, {\"name\": \"c\", \"control\": true}]",
         "\"x\""),
     BEYOND "1: /matrix/a/1/control: another value is the control"},
    {WITH_MATRIX("\"a\": [1]", "\"x\""), BEYOND "1: /matrix/a: nothing uses this variable"},
    {WITH_MATRIX("\"a\": [1]", "\"{{a}}\""), BEYOND "1: /origin/0/send: want a string, an array"},
    {WITH_MATRIX("\"a\": [1]", "[\"{{a}}{{aa}}\", \"{{b}}\"]"),
     BEYOND "1: /origin/0/send/0: unknown template \"aa\""},
    {WITH_MATRIX("\"word\": [1]", "[\"{{word}}!\", \"{{wrod}}\"]"),
     BEYOND "1: /origin/0/send/1: unknown template \"wrod\"; did you mean \"word\"?"},
    {WITH_MATRIX("\"a\": [1]", "[\"{{a}}!\", {\"value\": \"b\"}]"),
     BEYOND "1: /origin/0/send/1/value: no variable has the name \"b\""},
    {WITH_MATRIX("\"a\": [1]", "[\"{{a}}!\", {\"value\": 1}]"),
     BEYOND "1: /origin/0/send/1/value: want a string, got a number"},
    {WITH_MATRIX("\"a\": [1]", "\"{{a.b}}\""),
     BEYOND "1: /origin/0/send: the value \"1\" of \"a\" is no \"a.b\""},
    {WITH_MATRIX("\"a\": [{\"name\": \"n\"}]", "\"{{a}}\""),
     BEYOND "1: /origin/0/send: the value \"n\" of \"a\" is no \"a\""},
    {WITH_MATRIX("\"a\": [{\"name\": \"n\", \"b\": 1}]", "\"x{{a.c}}\""),
     BEYOND "1: /origin/0/send: the value \"n\" of \"a\" is no \"a.c\""},
    {WITH_MATRIX("\"a\": [{\"name\": \"n\", \"b\": [1]}]", "\"x{{a.b}}\""),
     BEYOND "1: /origin/0/send: want a string or a whole number for \"a.b\" inside a text"},
    {WITH_MATRIX("\"a\": [{\"name\": \"n\", \"b\": \"{{a.b}}\"}]", "\"x{{a.b}}\""),
     BEYOND "1: /matrix/a/0/b: a circle: \"a.b\" names itself"},
    {WITH_MATRIX("\"a\": [200, 299]", "{\"reply\": \"\", \"status\": \"{{a}}\", \"headers\": [5]}"),
     BEYOND "1: /origin/0/send/headers/0: want a string, an array"},
    {WITH_MATRIX("\"a\": [200, 99]", "{\"reply\": \"\", \"status\": \"{{a}}\"}"),
     BEYOND "1: /origin/0/send/status: want a whole number from 200 to 999, got 99"},
    {WITH_MATRIX(DOUBLED("a", "b") DOUBLED("b", "c") DOUBLED("c", "d") DOUBLED("d", "e") DOUBLED(
                     "e", "f") DOUBLED("f", "g") DOUBLED("g", "h") DOUBLED("h", "i")
                     DOUBLED("i", "j") DOUBLED("j", "k") DOUBLED("k", "l") DOUBLED("l", "m")
                         DOUBLED("m", "n") DOUBLED("n", "o") DOUBLED("o", "p") DOUBLED("p", "q")
                             DOUBLED("q", "r") DOUBLED("r", "s") DOUBLED("s", "t") DOUBLED("t", "u")
                                 DOUBLED("u", "v") DOUBLED("v", "w") DOUBLED("w", "x") "\"x\": [1]",
                 "{\"value\": \"a\"}"),
     BEYOND "1: /matrix/x/0: too much to put in"},
    /* truncate, split, insert */
    {WITH_SWEEP("\"truncate\": 1"), "1: /truncate: want an object, got a number"},
    {WITH_SWEEP("\"truncate\": {}"), "1: /truncate: want a member \"send\", got none"},
    {WITH_SWEEP("\"truncate\": {\"send\": \"s\", \"end\": \"fin\"}"),
     "1: /truncate/end: unknown key"},
    {WITH_SWEEP("\"truncate\": {\"send\": 1}"), "1: /truncate/send: want a string, got a number"},
    {WITH_SWEEP("\"truncate\": {\"send\": \"t\"}"),
     BEYOND "1: /truncate/send: no send has the name \"t\""},
    {WITH_SWEEP("\"truncate\": {\"send\": \"s\", \"ends\": []}"),
     "1: /truncate/ends: want at least one end"},
    {WITH_SWEEP("\"truncate\": {\"send\": \"s\", \"ends\": [\"now\"]}"),
     "1: /truncate/ends/0: want \"fin\", \"full\" or \"rst\", got \"now\""},
    {WITH_SWEEP("\"truncate\": {\"send\": \"s\", \"ends\": [\"fin\", \"fin\"]}"),
     "1: /truncate/ends/1: \"fin\" stands here before"},
    {WITH_SWEEP("\"truncate\": {\"send\": \"s\", \"states\": {\"nothing\": 0}}"),
     "1: /truncate/states/nothing: unknown key"},
    {WITH_SWEEP("\"truncate\": {\"send\": \"s\", \"states\": {\"head\": 0}}"),
     "1: /truncate/states/head: want a whole number from 1"},
    {WITH_SWEEP("\"truncate\": {\"send\": \"s\", \"states\": {\"head\": 1, \"whole\": 17}}"),
     BEYOND "1: /truncate/states: the reader says {\"head\": 1, \"whole\": 18}"},
    {WITH_SWEEP("\"truncate\": {\"send\": \"s\"}, \"split\": {\"send\": \"s\"}"),
     "1: /split: a case has one of \"truncate\", \"split\" and \"insert\""},
    {HEAD CLIENT ", \"origin\": [{\"send\": \"x\", \"as\": \"s\"}, {\"close\": \"fin\"}]" EXPECT
                 ", \"truncate\": {\"send\": \"s\"}}",
     BEYOND "1: /truncate/send: a send that is truncated ends its script"},
    {HEAD CLIENT ", \"origin\": [{\"send\": \"{{origin.port}}\", \"as\": \"s\"}]" EXPECT
                 ", \"truncate\": {\"send\": \"s\"}}",
     BEYOND "1: /truncate/send: want a send whose octets do not depend on the run"},
    {HEAD CLIENT
     ", \"origin\": [{\"send\": {\"repeat\": \"x\", \"times\": 1000000000}, \"as\": \"s\"}]" EXPECT
     ", \"split\": {\"send\": \"s\"}}",
     BEYOND "1: /split/send: the send has 1000000000 octets: want less than 100000"},
    {HEAD CLIENT
     ", \"origin\": [{\"send\": {\"repeat\": \"x\", \"times\": 99999}, \"as\": \"s\"}]" EXPECT
     ", \"truncate\": {\"send\": \"s\", \"ends\": [\"fin\", \"rst\"]}}",
     BEYOND "1: the case has more than 100000 points"},
    {HEAD CLIENT ", \"origin\": [{\"send\": \"x\", \"as\": \"s\"}]" EXPECT
                 ", \"split\": {\"send\": \"s\"}}",
     BEYOND "1: /split/send: the send has 1 octets: want at least 2"},
    {HEAD CLIENT ", \"origin\": [{\"send\": \"xyz\", \"as\": \"s\", \"segments\": [1]}]" EXPECT
                 ", \"split\": {\"send\": \"s\"}}",
     BEYOND "1: /split/send: \"split\" cuts the send: want no \"segments\" in it"},
    {HEAD CLIENT ", \"origin\": [{\"send\": \"x{{split}}\", \"as\": \"s\"}]" EXPECT
                 ", \"split\": {\"send\": \"s\"}, \"matrix\": {\"split\": [1]}}",
     BEYOND "1: /matrix/split: \"split\" is a variable of \"split\" already"},
    {WITH_SWEEP("\"insert\": {\"send\": \"s\", \"at\": [1]}"),
     "1: /insert: want a member \"octets\", got none"},
    {WITH_SWEEP("\"insert\": {\"send\": \"s\", \"octets\": [], \"at\": [1]}"),
     "1: /insert/octets: want 1 to 300 octets"},
    {WITH_SWEEP("\"insert\": {\"send\": \"s\", \"octets\": [\"nul\"], \"at\": [1]}"),
     "1: /insert/octets/0: want CR, LF, CRLF, HTAB, SP, NUL"},
    {WITH_SWEEP("\"insert\": {\"send\": \"s\", \"octets\": [\"CR\", \"CR\"], \"at\": [1]}"),
     "1: /insert/octets/1: \"CR\" stands here before"},
    {WITH_SWEEP("\"insert\": {\"send\": \"s\", \"octets\": [\"CR\"], \"at\": \"the head\"}"),
     "1: /insert/at: want \"every position of the head\""},
    {WITH_SWEEP("\"insert\": {\"send\": \"s\", \"octets\": [\"CR\"], \"at\": []}"),
     "1: /insert/at: want 1 to 1000 positions"},
    {WITH_SWEEP("\"insert\": {\"send\": \"s\", \"octets\": [\"CR\"], \"at\": [1, 1]}"),
     "1: /insert/at/1: 1 stands here before"},
    {WITH_SWEEP("\"insert\": {\"send\": \"s\", \"octets\": [\"CR\"], \"at\": [19]}"),
     BEYOND "1: /insert/send: the send has 18 octets: no position 19 is in it"},
    {WITH_SWEEP(
         "\"insert\": {\"send\": \"s\", \"octets\": [\"CR\"], \"at\": \"every position of the "
         "body\"}"),
     BEYOND "1: /insert/send: there is no such position in the send"},
    /* when */
    {WITH_BEHAVIOURS(PASS("a", "\"client\": [{}], \"when\": {\"b\": 1}")),
     BEYOND "1: /behaviours/0/when/b: this case has no variables"},
    {WITH_WHEN("1"), "1: /behaviours/0/when: want an object, got a number"},
    {WITH_WHEN("{}"), "1: /behaviours/0/when: want at least one variable"},
    {WITH_WHEN("{\"v\": []}"), "1: /behaviours/0/when/v: want at least one value"},
    {WITH_WHEN("{\"splt\": 1}"),
     BEYOND "1: /behaviours/0/when/splt: unknown variable \"splt\"; did you mean \"split\"?"},
    {WITH_WHEN("{\"v\": \"onw\"}"),
     BEYOND "1: /behaviours/0/when/v: \"v\" is never \"onw\"; did you mean \"one\"?"},
    {WITH_WHEN("{\"v.is\": [1, 3]}"), BEYOND "1: /behaviours/0/when/v.is/1: \"v.is\" is never 3"},
    {WITH_WHEN("{\"v.as\": 1}"), BEYOND "1: /behaviours/0/when/v.as: \"v.as\" is never 1"},
    {WITH_WHEN("{\"split\": \"half\"}"),
     BEYOND "1: /behaviours/0/when/split: \"split\" is never \"half\""},
    {WITH_WHEN("{\"v\": \"one\"}"),
     BEYOND "1: /behaviours: no behaviour's \"when\" admits [v=two,split=whole]"},
    {WITH_SWEEP_BEHAVIOURS(PASS("a", "\"client\": [{}]") ", " PASS(
         "b", "\"client\": [{\"status\": 200}], \"when\": {\"split\": \"whole\"}")),
     BEYOND "1: /behaviours/1: never matches: \"a\", line 1, hides it"},
    {WITH_SWEEP_BEHAVIOURS(PASS("a", "\"client\": [{}]") ", " PASS(
         "b", "\"client\": [{\"error\": \"any\"}], \"when\": {\"split\": 99}")),
     BEYOND "1: /behaviours/1/when: admits no point of this case"},
};

const size_t load_bad_row_count = COUNT_OF(load_bad_rows);

bool load_row_is_beyond(const struct load_bad_row *row)
{
    return strncmp(row->want, BEYOND, strlen(BEYOND)) == 0;
}

const char *load_row_want(const struct load_bad_row *row)
{
    return row->want + (load_row_is_beyond(row) ? strlen(BEYOND) : 0);
}
