# The client as a library, for the Makefile: libassay-client, static and shared, its pkg-config file,
# header and manual page. `make lib` builds it, `make install-lib` installs it without the program.

AR      ?= ar
OBJCOPY ?= objcopy

# Of wire/ what the client needs; -z defs tells what is missing.
LIB_SRC = $(wildcard harness/client/*.c wire/http*.c) wire/chunked.c wire/uri.c
LIB_OBJ = $(LIB_SRC:%.c=$(BUILD)/lib/%.o)

# The header says which version this is; its first number becomes another when old programs cannot use it.
LIB_VERSION := $(shell sed -n 's/^.define ASSAY_CLIENT_VERSION "\(.*\)"$$/\1/p' harness/client/client.h)
SONAME       = libassay-client.so.$(firstword $(subst ., ,$(LIB_VERSION)))
SHARED       = libassay-client.so.$(LIB_VERSION)

.PHONY: lib install-lib uninstall-lib

lib: $(BUILD)/libassay-client.a $(BUILD)/libassay-client.so

$(LIB_OBJ) $(BUILD)/$(SHARED): PACKAGES = openssl

# A library ends no process, so its asserts are left out. Without LTO: one object is made of all, and
# what is hidden in it made local, so that the static library exports what the shared one does.
$(BUILD)/lib/%.o: %.c Makefile harness/client/library.mk
	@mkdir -p $(@D)
	$(CC) $(OUR_CPPFLAGS) -DNDEBUG $(CPPFLAGS) $(OUR_CFLAGS) $(CFLAGS) -fPIC -fvisibility=hidden -fno-lto -c -o $@ $<

$(BUILD)/lib/libassay-client.o: $(LIB_OBJ)
	$(CC) -r -nostdlib -o $@ $^
	$(OBJCOPY) --localize-hidden $@

$(BUILD)/libassay-client.a: $(BUILD)/lib/libassay-client.o
	rm -f $@
	$(AR) rcs $@ $^

# A sanitizer's own symbols come with the program.
$(BUILD)/$(SHARED): $(LIB_OBJ) harness/client/libassay-client.map
	$(CC) -shared $(SANITIZE) $(LDFLAGS) -Wl,-soname,$(SONAME) -Wl,--version-script=harness/client/libassay-client.map \
	    $(if $(SANITIZE),,-Wl,-z,defs) -Wl,--no-undefined-version -Wl,--as-needed -o $@ $(LIB_OBJ) $(LIBS)

$(BUILD)/libassay-client.so: $(BUILD)/$(SHARED)
	ln -sf $(SHARED) $(BUILD)/$(SONAME)
	ln -sf $(SONAME) $@

# Written anew each time, for PREFIX may be another; below it the folders are told by it.
$(BUILD)/assay-client.pc: harness/client/assay-client.pc.in force
	@mkdir -p $(@D)
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(LIB_VERSION)|' \
	    -e 's|@LIBDIR@|$(patsubst $(PREFIX)/%,$${prefix}/%,$(LIBDIR))|' \
	    -e 's|@INCLUDEDIR@|$(patsubst $(PREFIX)/%,$${prefix}/%,$(INCLUDEDIR))|' $< >$@

install-lib: lib $(BUILD)/assay-client.pc
	$(INSTALL) -d $(DESTDIR)$(LIBDIR)/pkgconfig $(DESTDIR)$(INCLUDEDIR)/assay $(DESTDIR)$(MANDIR)/man3
	$(INSTALL) -m 644 $(BUILD)/$(SHARED) $(BUILD)/libassay-client.a $(DESTDIR)$(LIBDIR)/
	ln -sf $(SHARED) $(DESTDIR)$(LIBDIR)/$(SONAME)
	ln -sf $(SONAME) $(DESTDIR)$(LIBDIR)/libassay-client.so
	$(INSTALL) -m 644 $(BUILD)/assay-client.pc $(DESTDIR)$(LIBDIR)/pkgconfig/
	$(INSTALL) -m 644 harness/client/client.h $(DESTDIR)$(INCLUDEDIR)/assay/
	$(INSTALL) -m 644 docs/libassay-client.3 $(DESTDIR)$(MANDIR)/man3/

uninstall-lib:
	rm -f $(DESTDIR)$(LIBDIR)/$(SHARED) $(DESTDIR)$(LIBDIR)/$(SONAME) $(DESTDIR)$(LIBDIR)/libassay-client.so \
	    $(DESTDIR)$(LIBDIR)/libassay-client.a $(DESTDIR)$(LIBDIR)/pkgconfig/assay-client.pc \
	    $(DESTDIR)$(INCLUDEDIR)/assay/client.h $(DESTDIR)$(MANDIR)/man3/libassay-client.3
	! test -d $(DESTDIR)$(INCLUDEDIR)/assay || rmdir --ignore-fail-on-non-empty $(DESTDIR)$(INCLUDEDIR)/assay

-include $(LIB_OBJ:%.o=%.d)
