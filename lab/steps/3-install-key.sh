# Put the installation key into slot 4
# Without --dry-run=false the tool explains and does nothing.

run 'openssl rand -hex 32 > slot4.key'
run 'mos -X atca-set-key 4 slot4.key'
expect 'dry run'
expect '--dry-run=false'
expect_not "$(tr -d '\n' <slot4.key)"
run 'mos -X atca-set-key 4 slot4.key --dry-run=false'
expect '^ATECC608A rev 0x6002 S/N 0x0123[0-9a-f]{12}ee, config is locked, data is locked$'
expect '^Slot 4 is a non-ECC key slot$'
expect '^SetKey successful\.$'
