# Look at the chip: an ATECC608A at 0x60, locked, Mongoose OS's field configuration, no private key yet

run 'mos -X atca-get-config chip.hex && cat chip.hex'
expect '^ATECC608A rev 0x6002 S/N 0x0123[0-9a-f]{12}ee, config is locked, data is locked$'
# Bytes 16 to 127 of atecc608.md 5.2, 608A variant, with the lock bytes of a locked part (86, 87). The first sixteen are the chip's own.
field_configuration='
    c0005500 87648764 87648764 8000c444 9f8f8220 c444c444 0f0f0f0f 0f0f0f0f 836f0f00
    ffffffff 00000000 ffffffff 00000000 ffffffff ffffffff ffffffff ffffffff 00000000
    ffff0000 00000000 33003300 33003300 3c003800 1c003300 1c001c00 3c003c00 3c003c00 13003800'
sed 's/0x//g' chip.hex | tr -cd '0-9a-f' >chip.flat
[ "$(cut -c33-256 chip.flat)" = "$(printf %s "$field_configuration" | tr -d ' \n')" ] ||
    fail "Mongoose OS's field configuration, 608A variant, with both zones locked" chip.hex

say
say "Slot 0 holds no key yet, so it has no public key:"
refused 'mos -X atca-get-pub-key 0'
expect '0xf4'
