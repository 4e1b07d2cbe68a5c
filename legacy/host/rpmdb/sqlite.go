package rpmdb

import (
	"encoding/binary"
	"errors"
)

// sqlite is a database of SQLite, read as its file format says (https://www.sqlite.org/fileformat.html). What a journal
// beside it holds is not seen: the packages of the last minutes before a machine's end.
type sqlite struct {
	data   []byte
	page   int // bytes of a page
	usable int // of these, without what an extension reserves
	pages  int // that have been read, so that a page that names itself ends
	bytes  int // of the rows that have been read: a database has no row twice
}

// sqliteHeaders are the blobs of the table Packages (hnum INTEGER PRIMARY KEY, blob BLOB).
func sqliteHeaders(data []byte) ([][]byte, error) {
	head, err := part(data, 0, 100)
	if err != nil {
		return nil, err
	}
	db := &sqlite{data: data, page: int(binary.BigEndian.Uint16(head[16:]))}
	if db.page == 1 {
		db.page = 1 << 16
	}
	db.usable = db.page - int(head[20])
	if db.page < 512 || db.usable < 480 {
		return nil, errBroken
	}
	root := 0
	err = db.rows(1, func(columns [][]byte) error { // the schema: type, name, table, root page, SQL
		if len(columns) == 5 && string(columns[0]) == "table" && string(columns[1]) == "Packages" {
			root = integer(columns[3])
		}
		return nil
	})
	if err == nil && root == 0 {
		err = errors.New("it has no table Packages")
	}
	if err != nil {
		return nil, err
	}
	var headers [][]byte
	err = db.rows(root, func(columns [][]byte) error {
		if len(columns) != 2 {
			return errBroken
		}
		headers = append(headers, columns[1])
		return nil
	})
	return headers, err
}

// pageAt is a page by its number, which counts from 1.
func (db *sqlite) pageAt(number int) ([]byte, error) {
	return part(db.data, (number-1)*db.page, db.page)
}

// Kinds of pages of a table.
const (
	interiorPage = 5
	leafPage     = 13
)

// rows calls a function with the columns of each row below a page.
func (db *sqlite) rows(number int, row func(columns [][]byte) error) error {
	if db.pages++; db.pages > len(db.data)/db.page+1 {
		return errBroken
	}
	page, err := db.pageAt(number)
	if err != nil {
		return err
	}
	head := 0
	if number == 1 {
		head = 100
	}
	order, width := binary.BigEndian, 8
	if page[head] == interiorPage {
		width = 12
	} else if page[head] != leafPage {
		return errBroken
	}
	cells, err := part(page, head+width, 2*int(order.Uint16(page[head+3:])))
	if err != nil {
		return err
	}
	for ; len(cells) > 0; cells = cells[2:] {
		at := int(order.Uint16(cells))
		if width == 8 {
			err = db.cell(page, at, row)
		} else if child, broken := part(page, at, 4); broken == nil {
			err = db.rows(int(order.Uint32(child)), row)
		} else {
			err = broken
		}
		if err != nil {
			return err
		}
	}
	if width == 12 {
		return db.rows(int(order.Uint32(page[head+8:])), row)
	}
	return nil
}

// cell reads one row of a leaf: the length of its record, its number, the record, and the page on which it goes on.
func (db *sqlite) cell(page []byte, at int, row func(columns [][]byte) error) error {
	length, n := varint(page, at)
	_, m := varint(page, at+n)
	if db.bytes += length; n == 0 || m == 0 || db.bytes > len(db.data) {
		return errBroken
	}
	at += n + m
	local := length
	if most := db.usable - 35; length > most {
		least := (db.usable-12)*32/255 - 23
		if local = least + (length-least)%(db.usable-4); local > most {
			local = least
		}
	}
	record, err := part(page, at, local)
	if err != nil {
		return err
	}
	if local < length {
		next, err := part(page, at+local, 4)
		if err != nil {
			return err
		}
		if record, err = db.overflow(record, int(binary.BigEndian.Uint32(next)), length); err != nil {
			return err
		}
	}
	columns, err := columnsOf(record)
	if err != nil {
		return err
	}
	return row(columns)
}

// overflow is a record whose first bytes are known and whose others stand on pages that each name the next.
func (db *sqlite) overflow(first []byte, number, length int) ([]byte, error) {
	record := append(make([]byte, 0, length), first...)
	for len(record) < length {
		page, err := db.pageAt(number)
		if err != nil {
			return nil, err
		}
		record = append(record, page[4:4+min(db.usable-4, length-len(record))]...)
		number = int(binary.BigEndian.Uint32(page))
	}
	return record, nil
}

// columnsOf reads a record: the length of its head, a type for each column, and the columns.
func columnsOf(record []byte) ([][]byte, error) {
	head, at := varint(record, 0)
	if at == 0 || head > len(record) {
		return nil, errBroken
	}
	var columns [][]byte
	for body := head; at < head; {
		kind, n := varint(record, at)
		if n == 0 {
			return nil, errBroken
		}
		at += n
		width := 0
		switch {
		case kind >= 12:
			width = (kind - 12) / 2
		case kind >= 1 && kind <= 7:
			width = []int{0, 1, 2, 3, 4, 6, 8, 8}[kind]
		}
		column, err := part(record, body, width)
		if err != nil {
			return nil, err
		}
		columns = append(columns, column)
		body += width
	}
	return columns, nil
}

// integer is a number of one to four bytes.
func integer(b []byte) int {
	if len(b) > 4 {
		return 0
	}
	n := 0
	for _, c := range b {
		n = n<<8 | int(c)
	}
	return n
}

// varint reads a number of SQLite, seven bits of each byte. It says how many bytes that took, 0 where there is none that a
// database of this size can have.
func varint(data []byte, at int) (value, n int) {
	for n < 8 && at >= 0 && at+n < len(data) {
		c := data[at+n]
		value = value<<7 | int(c&0x7f)
		if n++; c < 0x80 {
			return value, n
		}
	}
	return 0, 0
}
