/* The wire between the virtual I2C bus and those who use it.
 *
 * The virtual chip listens on a Unix SOCK_SEQPACKET socket. One message is one I2C transfer, Start to
 * Stop; the answer is one message. Everybody speaks this: the linux board, /dev/i2c-N for unmodified
 * programs, QEMU, the tests.
 *
 *   request   address (7 bit) | direction | length, 2 bytes LE | bytes (of a write)
 *   answer    acknowledge     | 0         | length, 2 bytes LE | bytes (of a read)
 *
 *   direction    0 write, 1 read (the I2C R/W bit)
 *   length       of a write: bytes that follow, 0 to 256 (0 is a bare address probe, as i2cdetect does);
 *                of a read: bytes the master clocks out, 1 to 256
 *   acknowledge  1 ACK; 0 NACK, with length 0: nothing answered at that address (asleep, idle, busy or absent)
 *
 * A transfer to address 0 is the wake pulse: the zero bits hold SDA low for longer than tWLO
 * (atecc608.md 1.2). It is always answered by a NACK, as on the wire. Every chip on the bus hears it.
 *
 * Combined transfers. A message may hold up to 42 transfers, one after the other; the answer then holds as many
 * answers. Nobody else's transfer comes in between, as with repeated Starts. After a NACK nothing more is
 * transferred, and what was left is answered by NACKs.
 *
 * Answers elsewhere. A message may carry a socket (SCM_RIGHTS): the answer goes there instead, and the server closes
 * its copy. So several processes may share one connection (after fork, say) and never take each other's answers.
 *
 * Notes. The server keeps four bytes for each connection, zero at first: direction 2 writes them, 3 reads them
 * (address 0, length 4, no chip involved). They stay with the connection however its descriptor is
 * duplicated, inherited or passed on: what the kernel keeps for an open /dev/i2c-N, a slave address, lives here.
 *
 * Control. Direction 4 carries a line for the simulator itself: address 0, then text as the bytes, up to 8192; the
 * answer's bytes are text, and acknowledge is 0 when the request was refused. `help` lists the
 * requests. Nothing on a real bus can do this, and no interposed program can send it.
 *
 * Notes and control come alone in their message. A malformed request closes that client's connection; the
 * chips are not disturbed.
 */
#ifndef CHIP_BUS_PROTOCOL_H
#define CHIP_BUS_PROTOCOL_H

enum {
    BUS_HEADER_SIZE = 4,
    BUS_DATA_MAX = 256,
    BUS_MESSAGE_MAX = BUS_HEADER_SIZE + BUS_DATA_MAX, /* one transfer */
    BUS_TRANSFERS_MAX = 42,                           /* as many as Linux's I2C_RDWR takes */
    BUS_COMBINED_MAX = BUS_TRANSFERS_MAX * BUS_MESSAGE_MAX,
    BUS_NOTE_SIZE = 4,
    BUS_CONTROL_MAX = 8192,
    BUS_CONTROL_ANSWER_MAX = 32768,

    BUS_WRITE = 0,
    BUS_READ = 1,
    BUS_NOTE_WRITE = 2,
    BUS_NOTE_READ = 3,
    BUS_CONTROL = 4,

    BUS_NACK = 0,
    BUS_ACK = 1,
};

#endif
