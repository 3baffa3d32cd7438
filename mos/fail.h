/* How an error reaches the person at the terminal.  mongoose-os.md 3.1
 *
 * A failing command prints on stderr `Error: ` and a sentence (what was tried, what answered, what to do
 * next), then what it was part of; main() adds the last line, `<command> failed`, and exits with status 1.
 * The innermost cause comes first, as in the original tool, but without the source lines of the machine that
 * built it.
 */
#ifndef MOS_FAIL_H
#define MOS_FAIL_H

/* Prints `Error: ` and the sentence. A second call before the command ends continues the trace without the
 * prefix. Returns 1, the exit status, so that a command can `return fail(...)`. */
int fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A progress report: one line on stderr, flushed, so that it stands before what the board answers. */
void report(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
