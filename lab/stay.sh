# STAY=1: the lab stays up; how to use it by hand.

cat <<TEXT

The lab is up, in $WORK. In another terminal:

    cd '$WORK'
    export MOS_PORT='$MOS_PORT'
    export PATH='$BUILD/mos:$BUILD/board:$ROOT/lab/ca':\$PATH

    mos console                                            # what the board says
    mos ls -l                                              # its files
    mos -X atca-get-config                                 # its chip
    openssl s_client -connect 127.0.0.1:$https_port        # its HTTPS
    curl --cacert ecc.crt.pem --connect-to mqtt.tmc.com:443:127.0.0.1:$https_port https://mqtt.tmc.com/
    mosquitto_sub -v -h localhost -p $broker_port --cafile ca/ca.crt.pem --cert reader.crt.pem --key reader.key.pem -t 'devices/#'
    mosquitto_pub -h localhost -p $broker_port --cafile ca/ca.crt.pem --cert reader.crt.pem --key reader.key.pem \\
        -t devices/board/command -m '{"led": true}'
    hallmark-board chip-unplug --dir board                 # and chip-plug, reset, power-off, power-on, status
    tail -f board/chip.trace                               # every command the chip is asked

Ctrl-C ends it and removes the folder.
TEXT
trap 'exit 0' INT TERM
# Nothing to do but wait: for a signal, or for the board to end.
eval "wait \$pid_board"
