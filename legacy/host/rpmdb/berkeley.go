package rpmdb

import (
	"encoding/binary"
	"errors"
)

// The layout of Berkeley DB's pages is that of its dbinc/db_page.h.
const (
	berkeleyMagic = 0x061561 // of a hash
	pageHeader    = 26
	oldHashPage   = 2
	overflowPage  = 7
	hashPage      = 13
	offPageItem   = 3
	offPageSize   = 12
)

// berkeleyHeaders are the values of a hash. Headers of packages are too long for the page of their key: they stand on
// overflow pages, each of which names the next.
func berkeleyHeaders(data []byte) ([][]byte, error) {
	meta, err := part(data, 0, 72)
	if err != nil {
		return nil, errors.New("no database of rpm")
	}
	var order binary.ByteOrder = binary.LittleEndian
	if order.Uint32(meta[12:]) != berkeleyMagic {
		order = binary.BigEndian
	}
	size := int(order.Uint32(meta[20:]))
	if order.Uint32(meta[12:]) != berkeleyMagic || size < 512 || size > 1<<16 {
		return nil, errors.New("no database of rpm")
	}
	var headers [][]byte
	total := 0 // bytes of values: a database has none twice
	for at := size; at+size <= len(data); at += size {
		page := data[at : at+size]
		if page[25] != hashPage && page[25] != oldHashPage {
			continue
		}
		index, err := part(page, pageHeader, 2*int(order.Uint16(page[20:])))
		if err != nil {
			return nil, err
		}
		for ; len(index) >= 4; index = index[4:] { // a key and its value
			item, err := part(page, int(order.Uint16(index[2:])), offPageSize)
			if err != nil || item[0] != offPageItem {
				continue // a short value, such as the number of packages
			}
			length := int(order.Uint32(item[8:]))
			if total += length; total > len(data) {
				return nil, errBroken
			}
			value, err := overflowing(data, size, order, int(order.Uint32(item[4:])), length)
			if err != nil {
				return nil, err
			}
			headers = append(headers, value)
		}
	}
	return headers, nil
}

// overflowing is a value of some length that begins on a page.
func overflowing(data []byte, size int, order binary.ByteOrder, number, length int) ([]byte, error) {
	value := make([]byte, 0, length)
	for len(value) < length {
		if number <= 0 || number > len(data)/size {
			return nil, errBroken
		}
		page, err := part(data, number*size, size)
		if err != nil || page[25] != overflowPage {
			return nil, errBroken
		}
		n := min(int(order.Uint16(page[22:])), size-pageHeader, length-len(value))
		if n == 0 {
			return nil, errBroken
		}
		value = append(value, page[pageHeader:pageHeader+n]...)
		number = int(order.Uint32(page[16:]))
	}
	return value, nil
}
