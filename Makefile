# make run      set up what is missing, build, and play the corpus against the bundled client
# make check    set up what is missing, build, and run all tests
# make          build build/assay, and the client as a library (make lib: that alone)
# make asan     the tests under AddressSanitizer and UBSan
# make valgrind one point of each case, under valgrind
# make lint     banned calls, headers alone, format, cppcheck, clang-tidy
# make format   clang-format in place
# make golden   recorded calls of Python's http.client against the client: FILE=tests/golden/golden.json ARGS=--verbose
# make fuzz     the reader, or FUZZ=client, loader, report or peer, for FUZZ_SECONDS=600, by libFuzzer (clang)
# make bench    what runs, relays and the client cost, beside programs that do nothing else
# make install  DESTDIR= PREFIX=/usr/local LIBDIR= ...; make uninstall; make clean
#               install-lib, uninstall-lib: the library alone

CC         ?= cc
PKG_CONFIG ?= pkg-config
INSTALL    ?= install
PYTHON     ?= /usr/bin/python3
BUILD      ?= build
PREFIX     ?= /usr/local
BINDIR     ?= $(PREFIX)/bin
LIBDIR     ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
DATADIR    ?= $(PREFIX)/share
MANDIR     ?= $(DATADIR)/man
DATA_DIR    = $(DATADIR)/assay

PACKAGES      = libcjson libmicrohttpd libuv openssl
TEST_PACKAGES = cunit

# Ours; CFLAGS, CPPFLAGS and LDFLAGS stay the user's.
WARNINGS = -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion \
           -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
           -Wpointer-arith -Wcast-qual -Wwrite-strings -Wvla -Wundef -Wformat=2 \
           -Wswitch-enum -Wnull-dereference -Wdouble-promotion
CFLAGS  ?= -O2 -g
STANDARD     = -std=c17 -D_POSIX_C_SOURCE=200809L
OUR_CPPFLAGS = -I. -MMD -MP
OUR_CFLAGS   = $(STANDARD) -pthread $(WARNINGS) $(if $(WERROR),-Werror) $(SANITIZE) \
               $(shell $(PKG_CONFIG) --cflags $(PACKAGES))
LIBS         = $(shell $(PKG_CONFIG) --libs $(PACKAGES)) -pthread
TEST_LIBS    = $(shell $(PKG_CONFIG) --libs $(TEST_PACKAGES))

FOLDERS  = harness harness/client harness/live reports server server/control wire
CORE_SRC = $(filter-out %/main.c,$(wildcard $(FOLDERS:%=%/*.c)))
TEST_SRC = $(wildcard tests/*.c)
PLAY_SRC = $(wildcard tests/golden/*.c)
ALL_SRC  = $(wildcard $(FOLDERS:%=%/*.c)) $(TEST_SRC) $(PLAY_SRC)
HEADERS  = $(wildcard $(FOLDERS:%=%/*.h)) $(wildcard tests/*.h tests/fuzz/*.h tests/golden/*.h)
FUZZ_SRC = $(wildcard tests/fuzz/*.c)
EXAMPLES = $(wildcard docs/example/*.c)
CORE_OBJ = $(CORE_SRC:%.c=$(BUILD)/%.o)
TEST_OBJ = $(TEST_SRC:%.c=$(BUILD)/%.o)

.PHONY: force all setup check suites run golden asan valgrind lint fuzz format install uninstall clean
.DELETE_ON_ERROR:

all: $(BUILD)/assay lib

include harness/client/library.mk

$(BUILD)/assay: $(BUILD)/harness/main.o $(CORE_OBJ)
	$(CC) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(LIBS)

# tests/failing_memory.c makes allocations fail.
$(BUILD)/check: $(TEST_OBJ) $(CORE_OBJ)
	$(CC) $(SANITIZE) $(LDFLAGS) -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc -o $@ $^ $(TEST_LIBS) $(LIBS)

$(BUILD)/golden-play: $(PLAY_SRC:%.c=$(BUILD)/%.o) $(CORE_OBJ)
	$(CC) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(OUR_CPPFLAGS) $(CPPFLAGS) $(OUR_CFLAGS) $(CFLAGS) -c -o $@ $<

# Where the installed corpus and drivers are looked for: compiled in, and again when PREFIX is another.
$(BUILD)/data-dir: force
	@mkdir -p $(@D)
	@echo '$(DATA_DIR)' | cmp -s - $@ || echo '$(DATA_DIR)' >$@
$(BUILD)/harness/data_dir.o: $(BUILD)/data-dir
$(BUILD)/harness/data_dir.o: OUR_CPPFLAGS += -DASSAY_DATA_DIR='"$(DATA_DIR)"'

# The packages are looked for first, so that what follows can ask pkg-config for them.
setup:
	@script/setup

run: setup
	@$(MAKE) --no-print-directory all
	$(BUILD)/assay run --report json=reports/out/run.json $(ARGS)

check: setup
	@$(MAKE) --no-print-directory suites

suites: $(BUILD)/assay $(BUILD)/check $(BUILD)/golden-play
	@ASSAY=$(BUILD)/assay PYTHON=$(PYTHON) script/check $(BUILD)/check

FILE ?= tests/golden/golden.json
golden: setup
	@$(MAKE) --no-print-directory $(BUILD)/golden-play
	@$(PYTHON) tests/golden/golden.py $(FILE) --player $(BUILD)/golden-play $(ARGS)

# A build folder of its own: sanitized and plain objects never mix.
asan: setup
	@$(MAKE) --no-print-directory BUILD=build-asan CFLAGS='-O1 -g -fno-omit-frame-pointer' \
	    SANITIZE='-fsanitize=address,undefined -fno-sanitize-recover=all' suites

valgrind: setup
	@$(MAKE) --no-print-directory all
	valgrind --quiet --leak-check=full --error-exitcode=9 $(BUILD)/assay run --thin --slow 20 $(ARGS)

# What it has found stays in build-fuzz/; a crash is a file there, which is an argument next time.
# FUZZ=report begins with what `make run` has left.
FUZZ         ?= reader
FUZZ_SECONDS ?= 600
FUZZ_SEEDS_loader = cases tests/engine tests/load
FUZZ_SEEDS_client = tests/fuzz/client
FUZZ_SEEDS_report = $(wildcard reports/out)
fuzz: setup
	@$(MAKE) --no-print-directory BUILD=build-fuzz CC=clang CFLAGS='-O1 -g' \
	    SANITIZE='-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all' build-fuzz/fuzz-$(FUZZ)
	@mkdir -p build-fuzz/$(FUZZ)
	build-fuzz/fuzz-$(FUZZ) -max_total_time=$(FUZZ_SECONDS) -max_len=65536 \
	    -artifact_prefix=build-fuzz/ build-fuzz/$(FUZZ) $(FUZZ_SEEDS_$(FUZZ))

$(BUILD)/fuzz-client: $(BUILD)/tests/fuzz/client_reads.o
$(BUILD)/fuzz-%: $(BUILD)/tests/fuzz/fuzz_%.o $(CORE_OBJ)
	$(CC) -fsanitize=fuzzer $(SANITIZE) $(LDFLAGS) -o $@ $^ $(LIBS)

include tests/bench/bench.mk

BANNED = \b(strcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|atol|sscanf|alloca|setjmp|longjmp|system|popen|sleep|usleep|signal)\(
lint: setup
	@! grep -nE '$(BANNED)' $(ALL_SRC) $(FUZZ_SRC) $(EXAMPLES) $(HEADERS)
	@for header in $(HEADERS); do \
	    $(CC) $(STANDARD) -I. -fsyntax-only -include $$header -x c /dev/null || exit 1; done
	@clang-format --dry-run --Werror $(ALL_SRC) $(FUZZ_SRC) $(EXAMPLES) $(HEADERS)
	@cppcheck --quiet --std=c11 -I. --enable=warning,performance,portability \
	    --inline-suppr --error-exitcode=1 $(ALL_SRC)
# clang-tidy: one file a run, for version 14 reports false va_list errors on several at once.
	@printf '%s\n' $(ALL_SRC) | xargs -n 1 -P 2 -I {} clang-tidy --quiet {} -- $(STANDARD) -I.

format:
	clang-format -i $(ALL_SRC) $(FUZZ_SRC) $(EXAMPLES) $(HEADERS)

# The corpus goes along: cases, schema, catalog; the drivers; the manual pages; and the library.
DATA_FOLDERS = cases $(wildcard drivers)
install: all install-lib
	$(INSTALL) -d $(DESTDIR)$(BINDIR)
	$(INSTALL) -m 755 $(BUILD)/assay $(DESTDIR)$(BINDIR)/
	$(INSTALL) -d $(DESTDIR)$(MANDIR)/man1
	$(INSTALL) -m 644 docs/assay.1 $(DESTDIR)$(MANDIR)/man1/
	find $(DATA_FOLDERS) -name __pycache__ -prune -o -type d -exec $(INSTALL) -d $(DESTDIR)$(DATA_DIR)/{} \;
	find $(DATA_FOLDERS) -name __pycache__ -prune -o -type f ! -perm -u+x \
	    -exec $(INSTALL) -m 644 {} $(DESTDIR)$(DATA_DIR)/{} \;
	find $(DATA_FOLDERS) -name __pycache__ -prune -o -type f -perm -u+x \
	    -exec $(INSTALL) -m 755 {} $(DESTDIR)$(DATA_DIR)/{} \;

uninstall: uninstall-lib
	rm -f $(DESTDIR)$(BINDIR)/assay $(DESTDIR)$(MANDIR)/man1/assay.1
	rm -rf $(DESTDIR)$(DATA_DIR)

clean:
	rm -rf build build-asan build-gcc build-clang

-include $(ALL_SRC:%.c=$(BUILD)/%.d) $(FUZZ_SRC:%.c=$(BUILD)/%.d)
