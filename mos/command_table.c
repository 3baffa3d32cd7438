/* The table of commands: dispatch, `mos help` and the tests are made of it.  mongoose-os.md 3.5 */

#include "command.h"
#include "commands.h"

#include <string.h>

const struct command mos_commands[] = {
    {"build", "", "Build a firmware from the source code of an application",
     "Reads mos.yml in this folder, compiles the application and the libraries it names, and packs\n"
     "build/fw.zip.\n"
     "\n"
     "  mos build --platform linux\n"
     "  mos build --local --platform esp8266 && mos flash && mos console\n",
     false, false, command_build},
    {"flash", "[FILE]", "Put a firmware on the board",
     "Writes build/fw.zip, or FILE, into the board's flash memory and starts it.\n"
     "\n"
     "  mos flash\n"
     "  mos flash --port /dev/ttyUSB1 build/fw.zip\n",
     false, false, command_flash},
    {"console", "", "Show what the board says, and type to it",
     "Prints the lines that arrive on the serial port, each with the time of its arrival, and\n"
     "sends what is typed. Ctrl-C ends it. It also ends when standard input ends, unless that was\n"
     "a file or a device that was empty from the start: `mos console </dev/null` only prints, as\n"
     "with --no-input.\n"
     "\n"
     "  mos console\n"
     "  mos console --no-input --timestamp=RFC3339 > board.log\n"
     "  mos console --timestamp='%H:%M:%S' --port /dev/ttyUSB1\n",
     false, false, command_console},
    {"ls", "[PATH]", "List the board's files",
     "  mos ls\n"
     "  mos ls -l\n",
     true, false, command_ls},
    {"get", "FILE", "Print a file of the board on standard output",
     "Nothing is printed unless the whole file has arrived.\n"
     "\n"
     "  mos get conf9.json\n"
     "  mos get ecc.crt.pem > ecc.crt.pem\n",
     true, false, command_get},
    {"put", "FILE [NAME]", "Copy a file to the board",
     "The file takes the name it has here, without folders, or NAME. Nothing is sent when the board\n"
     "says that it has no room for it. A new file that could not be sent whole is removed again.\n"
     "\n"
     "What is sent is slowed down for the small buffer of an ESP8266's UART: 100 KB take 55 s. With\n"
     "--rpc-uart-no-delay they take 0.7 s on a board that does not need it, a virtual one.\n"
     "\n"
     "  mos put ecc.crt.pem\n"
     "  mos put pages/start.html index.html\n"
     "  mos put --rpc-uart-no-delay photo.jpg\n",
     true, false, command_put},
    {"rm", "FILE", "Remove a file from the board", "  mos rm old.pem\n", true, false, command_rm},
    {"config-get", "[PATH]", "Print the board's configuration, or one value of it",
     "A single value is printed bare, a group of them as JSON with sorted names.\n"
     "\n"
     "  mos config-get\n"
     "  mos config-get http.listen_addr\n"
     "  mos config-get --level 0 debug       as it was compiled\n",
     true, false, command_config_get},
    {"config-set", "PATH=VALUE...", "Change the board's configuration",
     "All values are changed together, saved, and the board restarts. A value is converted to the\n"
     "type it replaces.\n"
     "\n"
     "  mos config-set debug.level=2\n"
     "  mos config-set mqtt.enable=true mqtt.server=mqtt.tmc.com:8883 mqtt.ssl_key=ATCA:1\n"
     "  mos config-set --no-reboot http.enable=false\n",
     true, false, command_config_set},
    {"call", "METHOD [ARGUMENTS]", "Call a remote procedure of the board",
     "ARGUMENTS is a JSON value. The result is printed as indented JSON.\n"
     "\n"
     "  mos call Sys.GetInfo\n"
     "  mos call RPC.List\n"
     "  mos call FS.Rename '{\"src\":\"a.pem\",\"dst\":\"b.pem\"}'\n",
     true, false, command_call},
    {"wifi", "NETWORK PASSWORD", "Join a Wi-Fi network",
     "Short for config-set of wifi.ap.enable, wifi.sta.enable, wifi.sta.ssid and wifi.sta.pass.\n"
     "With `-` as PASSWORD it is read from standard input, so that it appears in no list of\n"
     "processes.\n"
     "\n"
     "  mos wifi IoT 12344321\n"
     "  mos wifi IoT -\n",
     true, false, command_wifi},
    {"help", "[COMMAND]", "This list; with --full, the extended commands too",
     "  mos help\n"
     "  mos help --full\n"
     "  mos help atca-set-key\n",
     false, false, command_help},
    {"version", "", "Which version this is", "  mos version\n", false, false, command_version},

    {"atca-get-config", "[FILE]", "Print or save the configuration zone of the secure element",
     "The format is that of --format, or of FILE's suffix: .yml and .yaml, .json, anything else\n"
     "hex.\n"
     "\n"
     "  mos atca-get-config\n"
     "  mos atca-get-config chip.yaml\n",
     true, true, command_atca_get_config},
    {"atca-set-config", "FILE", "Write the configuration zone of the secure element",
     "Possible until the zone is locked. The serial number and the lock bytes in FILE are not\n"
     "written.\n"
     "\n"
     "  mos atca-set-config chip.yaml\n"
     "  mos atca-set-config chip.yaml --dry-run=false\n",
     true, true, command_atca_set_config},
    {"atca-lock-zone", "config|data", "Lock a zone of the secure element, for ever",
     "The configuration zone comes first, then data, which takes the one-time zone with it. There\n"
     "is no way back.\n"
     "\n"
     "  mos atca-lock-zone config --dry-run=false\n"
     "  mos atca-lock-zone data --dry-run=false\n",
     true, true, command_atca_lock_zone},
    {"atca-set-key", "SLOT FILE", "Put a key into a slot of the secure element",
     "FILE is a P-256 private key in PEM (EC PRIVATE KEY or PRIVATE KEY) for a slot of private\n"
     "keys, or 32 bytes as hex digits. Once the data zone is locked most slots take a new key only\n"
     "with the write key that opens them.\n"
     "\n"
     "  openssl rand -hex 32 > slot4.key\n"
     "  mos atca-set-key 4 slot4.key --dry-run=false\n"
     "  openssl ecparam -out ecc.key.pem -name prime256v1 -genkey\n"
     "  mos atca-set-key 0 ecc.key.pem --write-key=slot4.key --dry-run=false\n",
     true, true, command_atca_set_key},
    {"atca-gen-key", "SLOT [FILE]", "Make a new key in a slot of the secure element",
     "The private key never leaves the chip; its public key goes to standard output, or to FILE,\n"
     "as PEM. In a slot of symmetric keys a random key is made here and written, and FILE gets it\n"
     "as hex digits.\n"
     "\n"
     "  mos atca-gen-key 1 board.pub.pem --dry-run=false\n",
     true, true, command_atca_gen_key},
    {"atca-get-pub-key", "SLOT [FILE]", "Print the public key of a slot of the secure element",
     "  mos atca-get-pub-key 0\n"
     "  openssl pkey -in ecc.key.pem -pubout | diff - <(mos atca-get-pub-key 0)\n",
     true, true, command_atca_get_pub_key},
    {"atca-gen-csr", "SLOT [FILE]", "Make a key in the chip and a certificate request that it signs",
     "The old key of the slot is lost, unless --gen-key=false keeps it. The subject is that of\n"
     "--subject, or of the request given with --csr-template.\n"
     "\n"
     "  mos atca-gen-csr 1 board.csr.pem --subject /O=TMC/CN=board-1 --dry-run=false\n"
     "  mos atca-gen-csr 0 ecc.csr.pem --csr-template ecc.csr.tmpl --gen-key=false --dry-run=false\n",
     true, true, command_atca_gen_csr},
    {"atca-gen-cert", "SLOT [FILE]",
     "Make a key in the chip and a certificate for it, signed by an authority",
     "The authority's key signs on this machine. The certificate is written to FILE\n"
     "(atca-SLOT.crt.pem) and put on the board, unless --upload=false. The old key of the slot is\n"
     "lost, unless --gen-key=false keeps it.\n"
     "\n"
     "  mos atca-gen-cert 1 --subject /O=TMC/CN=board-1 \\\n"
     "      --ca-cert-file ca.crt.pem --ca-key-file ca.key.pem --dry-run=false\n",
     true, true, command_atca_gen_cert},
    {"ports", "", "List the serial ports of this machine", "  mos ports\n", false, true, command_ports},
};

const size_t mos_command_count = sizeof mos_commands / sizeof mos_commands[0];

const struct command *command_find(const char *name)
{
    for (size_t i = 0; i < mos_command_count; i++) {
        if (strcmp(mos_commands[i].name, name) == 0)
            return &mos_commands[i];
    }
    return NULL;
}
