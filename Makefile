# uptake: build, test, demo. `make help` lists the targets.

# ---- what can be set from outside ------------------------------------------------------------------
VARIANT ?= release
CC ?= cc
CXX ?= c++
PREFIX ?= /usr/local
SYSCONFDIR ?= /etc
DESTDIR ?=
PKG_CONFIG ?= pkg-config
V ?= 0

# ---- layers, from left to right: a file includes its own layer and those to its left -------------
LAYERS := base stat model codec io app ctl
PROGRAMS := uptaked uptakectl
PACKAGES := libssl libcrypto libevent libevent_openssl rdkafka libpq hiredis libsodium libxxhash libsystemd inih liblz4 libcurl simdjson zlib

OUT := build/$(VARIANT)
ifeq ($(VARIANT),release)
OPTIMISE := -O2 -D_FORTIFY_SOURCE=3
else ifeq ($(VARIANT),sanitize)
OPTIMISE := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all
LDFLAGS += -fsanitize=address,undefined
else ifeq ($(VARIANT),debug)
OPTIMISE := -O0
else ifeq ($(VARIANT),fuzz)
CC := clang
CXX := clang++
OPTIMISE := -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
LDFLAGS += -fsanitize=fuzzer,address,undefined
else
$(error VARIANT is release, debug, sanitize or fuzz)
endif

# -ffp-contract=off: figures are plain IEEE doubles, nothing fused (events.md, Facts).
# Nothing says where the tree lay: the same source gives the same bytes.
COMMON := $(OPTIMISE) -g -ffile-prefix-map=$(CURDIR)=. -ffp-contract=off -fno-common -fno-omit-frame-pointer -fstack-protector-strong \
  -fstack-clash-protection -fPIE -D_GNU_SOURCE -Iinclude
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wundef -Wpointer-arith -Wcast-qual \
  -Wcast-align -Wwrite-strings -Wformat=2 -Wimplicit-fallthrough -Wvla -Wdouble-promotion -Wnull-dereference \
  -Wredundant-decls -Wunused-macros
C_WARNINGS := $(WARNINGS) -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition
ifeq ($(shell $(CC) --version 2>/dev/null | grep -c clang),0)
C_WARNINGS += -Wformat-signedness -Wlogical-op -Wduplicated-cond -Wduplicated-branches -Wjump-misses-init -Walloca \
  -Wstack-usage=32768 -Warith-conversion
endif
ifdef WERROR
COMMON += -Werror
endif
CFLAGS ?=
CXXFLAGS ?=
ALL_CFLAGS = -std=gnu17 $(COMMON) $(C_WARNINGS) $(PKG_CFLAGS) $(CFLAGS)
ALL_CXXFLAGS = -std=c++17 $(COMMON) -Wall -Wextra $(PKG_CFLAGS) $(CXXFLAGS)
# The layers that every event passes are optimised over files as well, which saves a fifth of its time: with gcc only, for
# its objects can hold code for the linker that does not optimise (tests) and for the one that does (programs).
ifeq ($(VARIANT),release)
ifeq ($(shell $(CC) --version 2>/dev/null | grep -c clang),0)
FOR_LTO = $(if $(filter $(foreach l,base stat model codec,$(OUT)/$(l)/%),$@),-flto=auto -ffat-lto-objects)
LINK_PROGRAM := $(OPTIMISE) -flto=auto
LINK_TEST := -fno-lto
endif
endif
LINK = -pie -Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed $(LDFLAGS)
PKG_CFLAGS = $(shell $(PKG_CONFIG) --cflags $(PACKAGES) 2>/dev/null)
PKG_LIBS = $(shell $(PKG_CONFIG) --libs $(PACKAGES) 2>/dev/null)
# Looked up once a run, not once a recipe.
PKG_CFLAGS := $(PKG_CFLAGS)
PKG_LIBS := $(PKG_LIBS)

ifeq ($(V),0)
Q := @
say = @printf '  %-5s %s\n' '$(1)' '$(2)'
else
say = @:
endif

# ---- what there is ------------------------------------------------------------------------------------
sources = $(wildcard src/$(1)/*.c) $(wildcard src/$(1)/*.cc)
objects = $(patsubst src/%,$(OUT)/%.o,$(1))
ARCHIVES := $(foreach l,$(LAYERS),$(OUT)/lib$(l).a)
# Static archives are searched from left to right, so the layer that uses stands before the used.
upto = $(if $(filter $(1),$(firstword $(2))),$(1),$(firstword $(2)) $(call upto,$(1),$(wordlist 2,99,$(2))))
reverse = $(if $(1),$(call reverse,$(wordlist 2,99,$(1))) $(firstword $(1)))
archives_upto = $(foreach l,$(call reverse,$(call upto,$(1),$(LAYERS))),$(OUT)/lib$(l).a)

UNIT_TESTS := $(patsubst %.c,%,$(wildcard tests/unit/*/test_*.c))
INTEGRATION_TESTS := $(patsubst %.c,%,$(wildcard tests/integration/test_*.c))
TEST_SUPPORT := $(wildcard tests/support/*.c)
BENCHES := $(patsubst %.c,%,$(wildcard tests/bench/*.c))
FUZZERS := $(patsubst %.c,%,$(wildcard tests/fuzz/fuzz_*.c))
TEST_FLAGS := -Itests -DUPTAKE_TESTS_DIR='"$(CURDIR)/tests"' -DUPTAKE_BUILD_DIR='"$(CURDIR)/$(OUT)"'

.DEFAULT_GOAL := build
.PHONY: help build all deps demo install uninstall deb test test-programs test-sanitize check-deps \
  check-headers map example-config bench bench-alarms bench-memory fuzz clean $(PROGRAMS)
.SECONDARY:
.DELETE_ON_ERROR:

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: $(addprefix $(OUT)/,$(PROGRAMS)) ## compile the programs into build/$(VARIANT) (what they need must be installed)

# All cores, unless make was told how many jobs.
JOBS = $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$(shell nproc))

all: deps ## install what is missing, then compile
	@$(MAKE) --no-print-directory $(JOBS) build

deps: ## install what is missing with apt (build, test and run-time packages)
	@bash tests/support/deps.sh build

demo: deps ## a simulated year of twelve teams through the whole pipeline, in private servers
	@$(MAKE) --no-print-directory $(JOBS) build
	@bash tests/demo/run-demo.sh

install: build ## put everything in place below PREFIX (/usr/local) and SYSCONFDIR (/etc); DESTDIR for packages
	@DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)' SYSCONFDIR='$(SYSCONFDIR)' bash src/install.sh install $(OUT)

uninstall: build ## take it away again, but for a configuration that was changed
	@DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)' SYSCONFDIR='$(SYSCONFDIR)' bash src/install.sh uninstall $(OUT)

deb: build ## make a Debian package in build/deb
	@bash src/make-deb.sh $(OUT)

test: check-deps ## all tests, on private real servers
	@bash tests/support/deps.sh test
	@$(MAKE) --no-print-directory $(JOBS) build test-programs
	@bash tests/run-tests.sh

test-sanitize: ## the tests again, everything built with ASan and UBSan
	@$(MAKE) --no-print-directory $(JOBS) VARIANT=sanitize build test-programs
	@VARIANT=sanitize bash tests/run-tests.sh

test-programs: $(addprefix $(OUT)/,$(UNIT_TESTS) $(INTEGRATION_TESTS)) ## compile the test programs

check-deps: ## prove that every include goes to the left, and what else holds the tree together
	@bash tests/support/check-deps.sh $(LAYERS)

# One declaration more, for a header may hold nothing but macros.
check-headers: ## prove that every header compiles alone
	@for header in $(wildcard include/*/*.h src/*/*.h); do \
	  printf '#include "%s"\nstruct nothing;\n' "$$PWD/$$header" | $(CC) $(ALL_CFLAGS) -Werror -x c -fsyntax-only - || exit 1; \
	done

map: ## write the map of files in src/README.md anew
	@bash tests/support/check-map.sh --write

example-config: $(OUT)/uptaked ## write config/uptaked.conf anew from the table of options
	@$< --print-example-config > build/uptaked.conf && mv build/uptaked.conf config/uptaked.conf

bench: build $(addprefix $(OUT)/,$(BENCHES)) ## throughput against a bare librdkafka consumer
	@bash tests/bench/run-bench.sh

bench-alarms: $(OUT)/tests/bench/bench_alarms ## false alarms and delay of the alarms, beside CUSUM and Page-Hinkley
	@$<

bench-memory: build ## fill the memory target and print RSS by row
	@bash tests/bench/run-bench-memory.sh

fuzz: ## build the fuzz targets with clang's libFuzzer
	@$(MAKE) --no-print-directory $(JOBS) VARIANT=fuzz fuzz-programs

.PHONY: fuzz-programs
fuzz-programs: $(addprefix $(OUT)/,$(FUZZERS))

clean: ## remove build/
	rm -rf build

# ---- rules ----------------------------------------------------------------------------------------------
$(OUT)/%.c.o: src/%.c
	@mkdir -p $(@D)
	$(call say,cc,$<)
	$(Q)$(CC) $(ALL_CFLAGS) $(FOR_LTO) -MMD -MP -c $< -o $@

$(OUT)/%.cc.o: src/%.cc
	@mkdir -p $(@D)
	$(call say,c++,$<)
	$(Q)$(CXX) $(ALL_CXXFLAGS) $(FOR_LTO) -MMD -MP -c $< -o $@

$(OUT)/tests/%.o: tests/%.c
	@mkdir -p $(@D)
	$(call say,cc,$<)
	$(Q)$(CC) $(ALL_CFLAGS) $(TEST_FLAGS) -MMD -MP -c $< -o $@

# The migrations of sql/ are part of the program.
$(OUT)/generated/migrations.inc: src/codec/embed_migrations.sh $(sort $(wildcard sql/*.sql))
	@mkdir -p $(@D)
	$(call say,embed,sql/)
	$(Q)sh $^ > $@

$(OUT)/codec/migrations.c.o: $(OUT)/generated/migrations.inc
$(OUT)/codec/migrations.c.o: COMMON += -I$(OUT)/generated

# So is the web page.
$(OUT)/generated/page_files.inc: src/codec/embed_page.sh $(sort $(foreach e,html css js svg,$(wildcard src/page/*.$(e))))
	@mkdir -p $(@D)
	$(call say,embed,src/page/)
	$(Q)sh $^ > $@

$(OUT)/generated/page_sql.inc: src/codec/embed_page.sh $(sort $(wildcard src/page/*.sql))
	@mkdir -p $(@D)
	$(call say,embed,src/page/)
	$(Q)sh $^ > $@

$(OUT)/codec/page_files.c.o: $(OUT)/generated/page_files.inc
$(OUT)/codec/page_sql.c.o: $(OUT)/generated/page_sql.inc
$(OUT)/codec/page_files.c.o $(OUT)/codec/page_sql.c.o: COMMON += -I$(OUT)/generated

define archive_rule
$(OUT)/lib$(1).a: $$(call objects,$$(call sources,$(1)))
	@mkdir -p $$(@D)
	$$(call say,ar,$$@)
	@rm -f $$@
	$$(Q)ar rcs $$@ $$^

.PHONY: unit-$(1)
unit-$(1): $$(addprefix $(OUT)/,$$(filter tests/unit/$(1)/%,$$(UNIT_TESTS)))
	@bash tests/run-tests.sh --only '^unit/$(1)/'

$(OUT)/tests/unit/$(1)/test_%: $(OUT)/tests/unit/$(1)/test_%.o $$(TEST_SUPPORT_OBJECTS) $$(call archives_upto,$(1))
	$$(call say,link,$$@)
	$$(Q)$$(CXX) $$(LINK) $$(LINK_TEST) -o $$@ $$^ $$(PKG_LIBS) -lcmocka -lm
endef
TEST_SUPPORT_OBJECTS := $(patsubst %.c,$(OUT)/%.o,$(TEST_SUPPORT))
$(foreach l,$(LAYERS),$(eval $(call archive_rule,$(l))))

$(OUT)/libuptake.a: $(ARCHIVES)
	$(call say,ar,$@)
	@rm -f $@
	$(Q)ar rcs $@ $(call objects,$(foreach l,$(LAYERS),$(call sources,$(l))))

$(OUT)/%: $(OUT)/bin/%.c.o $(OUT)/libuptake.a
	$(call say,link,$@)
	$(Q)$(CXX) $(LINK) $(LINK_PROGRAM) -o $@ $^ $(PKG_LIBS) -lm

$(OUT)/tests/integration/%: $(OUT)/tests/integration/%.o $(TEST_SUPPORT_OBJECTS) $(OUT)/libuptake.a
	$(call say,link,$@)
	$(Q)$(CXX) $(LINK) $(LINK_TEST) -o $@ $^ $(PKG_LIBS) -lcmocka -lm

$(OUT)/tests/bench/%: $(OUT)/tests/bench/%.o $(TEST_SUPPORT_OBJECTS) $(OUT)/libuptake.a
	$(call say,link,$@)
	$(Q)$(CXX) $(LINK) $(LINK_TEST) -o $@ $^ $(PKG_LIBS) -lcmocka -lm

$(OUT)/tests/fuzz/%: $(OUT)/tests/fuzz/%.o $(OUT)/libuptake.a
	$(call say,link,$@)
	$(Q)$(CXX) $(LINK) $(LINK_TEST) -o $@ $^ $(PKG_LIBS) -lm

-include $(shell find $(OUT) -name '*.d' 2>/dev/null)
