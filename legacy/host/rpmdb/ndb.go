package rpmdb

import (
	"bytes"
	"encoding/binary"
)

// ndbHeaders are the blobs of rpm's own format: a head of 32 bytes, pages of slots of 16 bytes, and blobs at the places that
// the slots name, counted in blocks of 16 bytes. The layout is that of rpm's lib/backend/ndb/rpmpkg.c.
func ndbHeaders(data []byte) ([][]byte, error) {
	head, err := part(data, 0, 32)
	if err != nil {
		return nil, err
	}
	order := binary.LittleEndian
	pages := int(order.Uint32(head[12:]))
	if pages > len(data)/4096 {
		return nil, errBroken
	}
	slots, err := part(data, 32, pages*4096-32)
	if err != nil {
		return nil, err
	}
	var headers [][]byte
	for ; len(slots) >= 16; slots = slots[16:] {
		number, block := order.Uint32(slots[4:]), int(order.Uint32(slots[8:]))
		if !bytes.HasPrefix(slots, []byte("Slot")) {
			return nil, errBroken
		}
		if number == 0 {
			continue // free
		}
		blob, err := part(data, block*16, 16)
		if err != nil || !bytes.HasPrefix(blob, []byte("BlbS")) || order.Uint32(blob[4:]) != number {
			return nil, errBroken
		}
		value, err := part(data, block*16+16, int(order.Uint32(blob[12:])))
		if err != nil {
			return nil, err
		}
		headers = append(headers, value)
	}
	return headers, nil
}
