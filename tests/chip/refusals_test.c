/* Every refusal says why: a walk through configurations, states of the part and commands.
 *
 * Each row of `situations` prepares a part, each row of `refusal_rows` is sent to every slot in every situation, and every
 * mode of every command to two of them. Whatever is refused has a reason that names the command; a refusal by the part's
 * state names the rule, in parentheses: the bits, the buffer, the flag. Nothing that succeeds has a reason.
 */

#include "refusal_table.h"

#include <ctype.h>
#include <stdio.h>

#include "command.h"

static struct part part;

/* Reasons seen, with their numbers taken out. */
static char seen[1000][CHIP_REASON_MAX];
static unsigned seen_count;
static unsigned sent, refused;

static void note_seen(const char *reason)
{
    char form[CHIP_REASON_MAX] = {0};
    size_t n = 0;

    while (*reason) {
        size_t word = 0;
        while (isalnum((unsigned char)reason[word]))
            word++;
        size_t number = strspn(reason, "0123456789ABCDEF");
        if (number > 0 && number == word) {
            form[n++] = '#';
            reason += word;
            continue;
        }
        word = word ? word : 1;
        memcpy(form + n, reason, word);
        n += word;
        reason += word;
    }
    for (unsigned i = 0; i < seen_count; i++) {
        if (strcmp(seen[i], form) == 0)
            return;
    }
    assert_true(seen_count < sizeof seen / sizeof seen[0]);
    memcpy(seen[seen_count++], form, sizeof form);
}

static void complain(const char *what)
{
    fail_msg("%s: %s P1=%02X P2=%04X, status %02X: \"%s\"", what, part.last.command, part.last.param1,
             part.last.param2, part.last.status, part.last.reason);
}

static void check_reason(uint8_t opcode)
{
    const struct chip_trace *trace = &part.last;
    char prefix[32] = "";

    sent++;
    if (trace->status == CHIP_SUCCESS) {
        if (trace->reason[0])
            complain("a success with a reason");
        return;
    }
    refused++;
    if (chip_commands[opcode].name && trace->status != CHIP_COMMUNICATION)
        snprintf(prefix, sizeof prefix, "%s refused: ", chip_commands[opcode].name);
    if (strncmp(trace->reason, prefix, strlen(prefix)) != 0 || strlen(trace->reason) < strlen(prefix) + 10)
        complain("a refusal without a reason");
    if (strlen(trace->reason) >= CHIP_REASON_MAX - 1)
        complain("a reason cut short");
    if (trace->status == CHIP_EXEC && (!strchr(trace->reason, '(') || !strchr(trace->reason, ')')))
        complain("a state that refuses without its rule in parentheses");
    note_seen(trace->reason);
}

/* Sends a command to the part and puts the part back as it was. */
static void try(uint8_t opcode, uint8_t p1, uint16_t p2, size_t length)
{
    static const uint8_t data[155] = {[3] = 0x10, [5] = 0x11, [70] = 0x22};
    struct chip before = part.chip;
    uint8_t answer[128];

    part_command(&part, opcode, p1, p2, data, length, answer);
    check_reason(opcode);
    part.chip = before;
}

static void make_situation(const struct situation *situation)
{
    part_make(&part, situation->profile, BOTH_LOCKED);
    part.counting = true;
    situation->prepare(&part);
}

static void test_every_command_to_every_slot_in_every_situation(void **state)
{
    sent = refused = seen_count = 0;
    for (unsigned s = 0; s < situation_count; s++) {
        make_situation(&situations[s]);
        for (unsigned c = 0; c < refusal_row_count; c++) {
            const struct refusal_row *row = &refusal_rows[c];
            for (unsigned slot = 0; slot <= CHIP_SLOTS; slot++)
                try(row->opcode, row->p1, (uint16_t)(row->p2 + (row->shift == 8 ? 0 : slot << row->shift)),
                    row->length);
        }
        part_free(&part);
    }
    print_message("%u commands, %u refused, %u different reasons\n", sent, refused, seen_count);
    assert_in_range(seen_count, 250, 1000); /* the walk reaches what there is to reach */
}

static void test_every_mode_of_every_command(void **state)
{
    static const size_t lengths[] = {0, 1, 3, 4, 16, 20, 32, 64, 68, 77, 83, 96, 128, 155};

    for (unsigned s = 0; s < situation_count; s += 6) {
        make_situation(&situations[s]);
        for (unsigned opcode = 0; opcode < 256; opcode++) {
            if (!chip_commands[opcode].name)
                continue;
            for (unsigned p1 = 0; p1 < 256; p1++) {
                size_t length = lengths[(p1 + opcode) % (sizeof lengths / sizeof lengths[0])];
                try((uint8_t)opcode, (uint8_t)p1, 0x0004, 0);
                try((uint8_t)opcode, (uint8_t)p1, 0x0104, length);
            }
        }
        part_free(&part);
    }
}

/* The sentence the issue of this test was written for, and one of each other kind. */
static void test_examples(void **state)
{
    static const uint8_t data[128];

    part_make(&part, "mongoose", BOTH_LOCKED);
    expect_refusal(&part, CHIP_EXEC,
                   "Sign refused: slot 7 allows internal signatures only (SlotConfig bit 0 = 0)", SIGN, 0xA0,
                   7, NULL, 0);
    expect_refusal(&part, CHIP_EXEC, "Write refused: slot 6 is never writable (SlotConfig bits 15:12 = 8)",
                   WRITE, 0x82, 0x0030, data, 32);
    expect_refusal(&part, CHIP_EXEC,
                   "GenKey refused: slot 4 is not a P-256 private key slot (KeyConfig bit 0 = 0, "
                   "KeyType 7)",
                   GENKEY, 0x04, 4, NULL, 0);
    expect_refusal(&part, CHIP_EXEC, "Write refused: the configuration zone is locked (LockConfig = 00)",
                   WRITE, 0x00, 0x0004, data, 4);
    expect_refusal(&part, CHIP_PARSE, "Counter refused: there are counters 0 and 1, and Param2 is 0002",
                   COUNTER, 0x00, 2, NULL, 0);
    part_free(&part);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_command_to_every_slot_in_every_situation),
        cmocka_unit_test(test_every_mode_of_every_command),
        cmocka_unit_test(test_examples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
