# SPDX-License-Identifier: GPL-3.0-or-later
# Meson does the work; this file forwards. `make demo` and `make check` are all a newcomer needs.
BUILD ?= build
PREFIX ?= /usr/local
NINJA = meson compile -C

.PHONY: all demo check install asan lint bench fuzz clean format

all: $(BUILD)/build.ninja
	@$(NINJA) $(BUILD)

$(BUILD)/build.ninja:
	meson setup $(BUILD) --prefix=$(PREFIX) $(MESONFLAGS)

demo:
	@scripts/deps build
	@$(MAKE) --no-print-directory all
	@demo/run

check:
	@scripts/deps build test
	@$(MAKE) --no-print-directory $(BUILD)/tests-enabled
	@$(MAKE) --no-print-directory all
	@scripts/check $(BUILD)

# A build set up before the test libraries were installed must look for them again.
$(BUILD)/tests-enabled: | $(BUILD)/build.ninja
	@meson configure $(BUILD) -Dtests=enabled
	@touch $@

# A PREFIX that is given counts, also when the build was set up with another one.
install: $(BUILD)/build.ninja
ifneq ($(origin PREFIX),file)
	@meson configure $(BUILD) -Dprefix=$(PREFIX)
endif
	@$(NINJA) $(BUILD)
	meson install -C $(BUILD) --no-rebuild

# AddressSanitizer and UndefinedBehaviorSanitizer over the whole test suite.
asan:
	@test -f build-asan/build.ninja || meson setup build-asan -Db_sanitize=address,undefined \
		-Db_lundef=false -Dc_args=-fno-sanitize-recover=undefined $(MESONFLAGS)
	@$(NINJA) build-asan
	@UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 scripts/check build-asan

lint:
	@scripts/lint

# Figures of docs/benchmarks.md. DATA is the folder with the labelled logs.
bench: all
	@bench/run $(BUILD) $(DATA)

# libFuzzer targets, SECONDS each.
SECONDS ?= 60
fuzz:
	@scripts/fuzz $(SECONDS)

format:
	@git ls-files '*.c' '*.h' | xargs clang-format -i

clean:
	rm -rf build build-asan build-fuzz build-clang
