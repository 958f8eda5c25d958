# Benchmarks, for the Makefile: `make bench` runs both halves.

.PHONY: bench bench-runs bench-client

# Ratios in one run, on this machine; never a test.
BENCH_RUNS ?= 100000
BENCH_CC    = $(CC) $(STANDARD) -D_DEFAULT_SOURCE -I. -O2 -pthread
bench: bench-runs bench-client

bench-runs: setup
	@$(MAKE) --no-print-directory all $(BUILD)/bare $(BUILD)/replay $(BUILD)/record.so \
	    $(BUILD)/flood $(BUILD)/tunnel $(BUILD)/bare_tls
	@PYTHON=$(PYTHON) script/bench $(BUILD) $(BENCH_RUNS)

$(BUILD)/bare $(BUILD)/flood $(BUILD)/bare_tls: $(BUILD)/%: tests/bench/%.c Makefile
	@mkdir -p $(@D)
	$(BENCH_CC) -o $@ $< $(BENCH_LIBS)
$(BUILD)/bare_tls: BENCH_LIBS = $(shell $(PKG_CONFIG) --libs openssl)

# The drain query is what both have to do, so it is the product's.
$(BUILD)/replay: tests/bench/replay.c $(BUILD)/server/drain.o $(BUILD)/server/diagnostics.o $(BUILD)/wire/arena.o Makefile
	$(BENCH_CC) -o $@ $(filter-out Makefile,$^)

$(BUILD)/tunnel: tests/bench/tunnel.c $(filter $(BUILD)/server/% $(BUILD)/wire/%,$(CORE_OBJ)) Makefile
	$(BENCH_CC) -o $@ $(filter-out Makefile,$^) $(LIBS)

$(BUILD)/record.so: tests/bench/record.c Makefile
	@mkdir -p $(@D)
	$(BENCH_CC) -shared -fPIC -o $@ $< -ldl

# Beside libcurl, where its headers are: it is used for nothing else.
HAS_CURL = $(shell $(PKG_CONFIG) --exists libcurl && echo yes)
bench-client: setup
	@$(MAKE) --no-print-directory $(BUILD)/origin $(BUILD)/ask_assay $(BUILD)/ask_bare $(if $(HAS_CURL),$(BUILD)/ask_curl)
	@script/bench-client $(BUILD) $(BENCH_RUNS)

$(BUILD)/origin $(BUILD)/ask_bare $(BUILD)/ask_curl: $(BUILD)/%: tests/bench/%.c tests/bench/ask.h Makefile
	@mkdir -p $(@D)
	$(BENCH_CC) -o $@ $< $(BENCH_LIBS)
$(BUILD)/ask_curl: BENCH_LIBS = $(shell $(PKG_CONFIG) --libs libcurl)

# As others link it.
$(BUILD)/ask_assay: tests/bench/ask_assay.c tests/bench/ask.h $(BUILD)/libassay-client.a Makefile
	$(BENCH_CC) -o $@ $< $(BUILD)/libassay-client.a $(shell $(PKG_CONFIG) --libs openssl)
