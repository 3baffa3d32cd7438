# Hallmark. The two commands: `make demo` and `make check`. `make help` lists the rest.

BUILD ?= build

.PHONY: help all demo check packages sanitize xtensa fuzz bench coverage format clean

help:
	@echo "make demo       install what is missing, build, run the lab and narrate it (STAY=1 leaves it up)"
	@echo "make check      install what is missing, build, run every test; last line: N passed, N failed"
	@echo "make all        build the programs into $(BUILD)/"
	@echo "make packages   install the Debian packages of packages.txt"
	@echo "make sanitize   all unit and flow tests again, with ASan and UBSan, in $(BUILD)-sanitize/"
	@echo "make xtensa     compile the firmware rooms for the ESP8266's processor"
	@echo "make fuzz       run every fuzz target for a few seconds (clang, $(BUILD)-fuzz/)"
	@echo "make bench      measure; prints ratios and sizes"
	@echo "make coverage   line and branch coverage of chip/ and driver/, in $(BUILD)-coverage/ (needs gcovr)"
	@echo "make clean      remove the build directories"

packages:
	@tests/packages

all: packages
	@tests/build '$(BUILD)'

demo: all
	@BUILD="$$(realpath -m '$(BUILD)')" STAY=$(STAY) lab/demo

check: all
	@BUILD="$$(realpath -m '$(BUILD)')" tests/run

sanitize: packages
	@tests/build '$(BUILD)-sanitize' -Db_sanitize=address,undefined -Db_lundef=false
	@BUILD="$$(realpath -m '$(BUILD)-sanitize')" tests/run

xtensa: all
	@BUILD="$$(realpath -m '$(BUILD)')" tests/xtensa

fuzz: packages
	@CC=clang tests/build '$(BUILD)-fuzz' -Dfuzz=true -Dtests=false
	@BUILD="$$(realpath -m '$(BUILD)-fuzz')" tests/run --suite fuzz

bench: packages
	@tests/build '$(BUILD)-bench' -Dbench=true -Dtests=false
	@BUILD="$$(realpath -m '$(BUILD)-bench')" bench/run

coverage: packages
	@BUILD="$$(realpath -m '$(BUILD)-coverage')" tests/coverage

format:
	@git ls-files -z "*.c" "*.h" | xargs -0 clang-format -i

clean:
	@rm -rf $(BUILD) $(BUILD)-sanitize $(BUILD)-fuzz $(BUILD)-bench $(BUILD)-coverage lab-work apps/*/build
