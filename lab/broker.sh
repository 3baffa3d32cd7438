# The broker and the reader of the demo: real mosquitto programs, with the configuration lab/broker/broker_conf writes.

# start_broker PREFIX: mosquitto with the certificate PREFIX.crt.pem, on the port it had before if it had one.
start_broker() {
    for attempt in 1 2 3 4 5; do
        [ -n "${broker_port:-}" ] && port=$broker_port || port=$(a_port)
        broker_conf broker.d "$port" ca "$1" >broker.conf || fail "broker_conf to write broker.conf" broker.conf
        broker_from=$(size_of logs/broker)
        background broker mosquitto -c broker.conf
        if timeout 10 sh -c 'tail -c "+$(($2 + 1))" -F "$1" 2>/dev/null | grep -Em1 "running$|Error" | grep -q running' sh logs/broker "$broker_from"; then
            broker_port=$port
            return
        fi
        end broker
    done
    fail "mosquitto to start on a free port" logs/broker
}

start_reader() {
    background reader mosquitto_sub -v -h localhost -p "$broker_port" --cafile ca/ca.crt.pem --cert reader.crt.pem --key reader.key.pem \
        -i reader -c -q 1 -t 'devices/+/events' -t 'devices/+/state'
    await logs/broker 'Sending SUBACK to reader' 10
}
