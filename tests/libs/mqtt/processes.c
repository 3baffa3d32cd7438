/* A real mosquitto and its clients. */

#include "processes.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "board.h"
#include "boards/linux/port.h"
#include "loop.h"
#include "world.h"

enum { PATIENCE_US = 20000000, ARGUMENTS = 24 };

void run_until(bool (*condition)(void *arg), void *arg)
{
    uint64_t end = world_now_us() + PATIENCE_US;

    while (!condition(arg)) {
        uint64_t next = timers_run();

        if (world_now_us() > end)
            fail_msg("nothing of the kind happened within 20 s. The log:\n%s", world_log());
        board_wait(next < 100000 ? next : 100000);
    }
}

/* --- processes
 * -------------------------------------------------------------------------------------------------------- */

static void on_output(int fd, short revents, void *arg)
{
    struct process *process = arg;
    ssize_t count =
        read(fd, process->output + process->length, sizeof(process->output) - 1 - process->length);

    (void)revents;
    if (count > 0) {
        process->length += (size_t)count;
        process->output[process->length] = '\0';
        return;
    }
    if (count < 0 && errno == EAGAIN)
        return;
    unwatch(fd);
    close(fd);
    process->fd = -1;
}

void process_start(struct process *process, const char *const argv[])
{
    int ends[2];

    memset(process, 0, sizeof(*process));
    assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
    process->pid = fork();
    assert_true(process->pid >= 0);
    if (process->pid == 0) {
        int nothing = open("/dev/null", O_RDONLY);

        fcntl(ends[1], F_SETFL, 0);
        dup2(nothing, STDIN_FILENO);
        dup2(ends[1], STDOUT_FILENO);
        dup2(ends[1], STDERR_FILENO);
        execvp(argv[0], (char *const *)argv);
        fprintf(stderr, "%s: %s\n", argv[0], strerror(errno));
        _exit(127);
    }
    close(ends[1]);
    process->fd = ends[0];
    assert_true(watch(process->fd, POLLIN, on_output, process));
}

struct wanted {
    struct process *process;
    size_t from;
    const char *text;
};

static bool output_has(void *arg)
{
    struct wanted *wanted = arg;

    return strstr(wanted->process->output + wanted->from, wanted->text) != NULL || wanted->process->fd < 0;
}

void await_output(struct process *process, size_t from, const char *text)
{
    struct wanted wanted = {process, from, text};

    run_until(output_has, &wanted);
    if (strstr(process->output + from, text) == NULL)
        fail_msg("expected \"%s\"; the process ended with:\n%s", text, process->output + from);
}

static bool output_ended(void *process)
{
    return ((struct process *)process)->fd < 0;
}

int await_end(struct process *process)
{
    int status;

    run_until(output_ended, process);
    assert_int_equal(waitpid(process->pid, &status, 0), process->pid);
    process->pid = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void process_kill(struct process *process, int signal)
{
    if (process->pid > 0) {
        kill(process->pid, signal);
        kill(process->pid, SIGCONT);
        waitpid(process->pid, NULL, 0);
    }
    process->pid = 0;
    if (process->fd >= 0) {
        unwatch(process->fd);
        close(process->fd);
    }
    process->fd = -1;
}

/* --- the broker
 * ----------------------------------------------------------------------------------------------------------
 */

static uint16_t free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
    close(fd);
    return ntohs(address.sin_port);
}

static void in_folder(const struct broker *broker, const char *name, char path[128])
{
    snprintf(path, 128, "%s/%s", broker->folder, name);
}

static void write_configuration(const struct broker *broker)
{
    const struct passwd *me = getpwuid(getuid());
    char path[128];
    FILE *file;

    in_folder(broker, "mosquitto.conf", path);
    file = fopen(path, "w");
    assert_non_null(file);
    /* user: started by root, mosquitto would become somebody who cannot write here. */
    fprintf(file,
            "listener %u 127.0.0.1\nallow_anonymous true\npersistence true\npersistence_location %s/\n"
            "autosave_interval 1\nautosave_on_changes true\nuser %s\nlog_dest stderr\nlog_type all\n",
            broker->port, broker->folder, me != NULL ? me->pw_name : "root");
    fclose(file);
}

/* False: the port was taken meanwhile. */
static bool run_broker(struct broker *broker)
{
    struct wanted wanted = {&broker->process, 0, " running"};
    const char *argv[] = {"mosquitto", "-c", NULL, NULL};
    char path[128];

    in_folder(broker, "mosquitto.conf", path);
    argv[2] = path;
    process_start(&broker->process, argv);
    run_until(output_has, &wanted);
    return strstr(broker->process.output, " running") != NULL;
}

void broker_start(struct broker *broker)
{
    const char *temporary = getenv("TMPDIR");

    setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1); /* where Debian keeps mosquitto */
    memset(broker, 0, sizeof(*broker));
    snprintf(broker->folder, sizeof(broker->folder), "%.40s/mqtt-test-XXXXXX",
             temporary != NULL ? temporary : "/tmp");
    assert_non_null(mkdtemp(broker->folder));
    for (int attempt = 0; attempt < 5; attempt++) {
        broker->port = free_port();
        write_configuration(broker);
        if (run_broker(broker))
            return;
        process_kill(&broker->process, SIGKILL);
    }
    fail_msg("mosquitto does not start:\n%s", broker->process.output);
}

void broker_restart(struct broker *broker)
{
    if (!run_broker(broker))
        fail_msg("mosquitto does not start again:\n%s", broker->process.output);
}

void broker_remove(struct broker *broker)
{
    char path[128];

    process_kill(&broker->process, SIGKILL);
    in_folder(broker, "mosquitto.conf", path);
    unlink(path);
    in_folder(broker, "mosquitto.db", path);
    unlink(path);
    in_folder(broker, "mosquitto.db.new", path);
    unlink(path);
    rmdir(broker->folder);
}

/* --- its clients
 * ------------------------------------------------------------------------------------------------------------
 */

static void start(struct process *process, const struct broker *broker, const char *program, va_list ap)
{
    const char *argv[ARGUMENTS] = {program, "-h", "127.0.0.1", "-p"};
    char port[8];
    int count = 5;

    snprintf(port, sizeof(port), "%u", broker->port);
    argv[4] = port;
    while (count + 1 < ARGUMENTS && (argv[count] = va_arg(ap, const char *)) != NULL)
        count++;
    argv[count] = NULL;
    process_start(process, argv);
}

void client_start(struct process *process, const struct broker *broker, const char *program, ...)
{
    va_list ap;

    va_start(ap, program);
    start(process, broker, program, ap);
    va_end(ap);
}

void client_run(const struct broker *broker, const char *program, ...)
{
    static struct process process;
    va_list ap;

    va_start(ap, program);
    start(&process, broker, program, ap);
    va_end(ap);
    if (await_end(&process) != 0)
        fail_msg("%s: %s", program, process.output);
}
