package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
)

// bbolt trusts its pages: a changed pointer sends it round in circles or past
// the end of its memory map, and a changed count makes keys disappear without a
// word. So the tree is looked through when the file is opened, in the file's
// layout (bbolt's internal/common: page, meta, bucket), which is fixed by its
// version number 2. Values are sealed and checked when they are read.
const (
	boltMagic   = 0xED0CDAED
	boltVersion = 2

	pageHead    = 16 // id 8, flags 2, count 2, overflow 4
	elementSize = 16
	bucketHead  = 16 // root 8, sequence 8

	flagBranch   = 0x01
	flagLeaf     = 0x02
	flagFreelist = 0x10
	bucketLeaf   = 0x01
)

// maxVerify bounds the files that are looked through before they are opened, which
// takes about 1.5 ms a MiB. Of a larger one the roots are, and all of it while it is
// in use.
const maxVerify = 128 << 20

// boltMeta is what is needed of a root page.
type boltMeta struct {
	pageSize                   int64
	root, freelist, end, order uint64
}

// verifier walks one state of the file. It reads the file and not the memory
// map, so that no damage can make it fault.
type verifier struct {
	file io.ReaderAt
	meta boltMeta
	seen []bool // pages, by id

	roots bool            // look at nothing below the first page of a bucket
	below bool            // within such a bucket
	stop  <-chan struct{} // ends the walk; nil: nothing does
}

var errStopped = errors.New("the file is being closed")

// newVerifier checks the size of the newest state of a file that nobody writes to
// meanwhile.
func newVerifier(file *os.File) (*verifier, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	meta, err := readMeta(file)
	if err != nil {
		return nil, err
	}
	if int64(meta.end) > info.Size()/meta.pageSize {
		return nil, fmt.Errorf("it is cut: %d pages of %d are there", info.Size()/meta.pageSize, meta.end)
	}
	return &verifier{file: file, meta: meta, seen: make([]bool, meta.end)}, nil
}

// run checks the structure of the state. The error says what is wrong with it.
func (v *verifier) run() error {
	if err := v.tree(v.meta.root, nil, nil, true); err != nil {
		return err
	}
	return v.free()
}

// readMeta finds the newest of the two root pages that is whole.
func readMeta(file io.ReaderAt) (newest boltMeta, err error) {
	found := false
	// The second page begins at the page size, which is not known yet when the
	// first one is damaged.
	for _, at := range []int64{0, 4096, 8192, 16384, 32768, 65536} {
		var b [pageHead + 64]byte
		if _, err := file.ReadAt(b[:], at); err != nil {
			continue
		}
		m, ok := parseMeta(b[pageHead:])
		if !ok || at != 0 && at != m.pageSize {
			continue
		}
		if !found || m.order > newest.order {
			newest, found = m, true
		}
	}
	if !found {
		return newest, errors.New("neither root page is whole")
	}
	return newest, nil
}

func parseMeta(b []byte) (m boltMeta, ok bool) {
	u32, u64 := binary.NativeEndian.Uint32, binary.NativeEndian.Uint64
	sum := fnv.New64a()
	_, _ = sum.Write(b[:56])
	if u32(b) != boltMagic || u32(b[4:]) != boltVersion || u64(b[56:]) != sum.Sum64() {
		return m, false
	}
	m = boltMeta{pageSize: int64(u32(b[8:])), root: u64(b[16:]), freelist: u64(b[32:]), end: u64(b[40:]), order: u64(b[48:])}
	return m, m.pageSize >= 512 && m.pageSize <= 1<<20 && m.end < 1<<32
}

// page reads a page with its overflow, once.
func (v *verifier) page(id uint64) (body []byte, flags, count uint16, err error) {
	select {
	case <-v.stop:
		return nil, 0, 0, errStopped
	default:
	}
	head := make([]byte, pageHead)
	if id < 2 || id >= v.meta.end {
		return nil, 0, 0, fmt.Errorf("page %d is none of its %d", id, v.meta.end)
	}
	if _, err := v.file.ReadAt(head, int64(id)*v.meta.pageSize); err != nil {
		return nil, 0, 0, fmt.Errorf("page %d: %w", id, err)
	}
	pages := uint64(binary.NativeEndian.Uint32(head[12:])) + 1
	if binary.NativeEndian.Uint64(head) != id || pages > v.meta.end-id {
		return nil, 0, 0, fmt.Errorf("the head of page %d is wrong", id)
	}
	for i := id; i < id+pages; i++ {
		if v.seen[i] {
			return nil, 0, 0, fmt.Errorf("page %d is used twice", i)
		}
		v.seen[i] = true
	}
	body = make([]byte, int64(pages)*v.meta.pageSize)
	if _, err := v.file.ReadAt(body, int64(id)*v.meta.pageSize); err != nil {
		return nil, 0, 0, fmt.Errorf("page %d: %w", id, err)
	}
	return body, binary.NativeEndian.Uint16(head[8:]), binary.NativeEndian.Uint16(head[10:]), nil
}

// tree checks the pages below one, whose keys lie between from, and end, which is
// not one of them;
// nil is no limit. Only a bucket's first page may be empty.
func (v *verifier) tree(id uint64, from, end []byte, first bool) error {
	body, flags, count, err := v.page(id)
	if err != nil {
		return err
	}
	if count == 0 && !(first && flags == flagLeaf) {
		return fmt.Errorf("page %d is empty", id)
	}
	switch flags {
	case flagLeaf:
		err = v.leaf(body, count, from, end)
	case flagBranch:
		err = v.branch(body, count, from, end)
	default:
		return fmt.Errorf("page %d is of no known kind", id)
	}
	if err != nil {
		return fmt.Errorf("page %d: %w", id, err)
	}
	return nil
}

func (v *verifier) branch(body []byte, count uint16, from, end []byte) error {
	keys, children := make([][]byte, count), make([]uint64, count)
	for i := range int(count) {
		e := body[pageHead+i*elementSize:]
		if len(e) < elementSize {
			return errors.New("it has too many keys")
		}
		var err error
		if keys[i], err = part(e, binary.NativeEndian.Uint32(e), binary.NativeEndian.Uint32(e[4:])); err != nil {
			return err
		}
		children[i] = binary.NativeEndian.Uint64(e[8:])
	}
	// The first key may be greater than the least one allowed, never less.
	if err := inOrder(keys, from, end); err != nil {
		return err
	}
	if v.roots && v.below {
		return nil
	}
	for i, child := range children {
		before := end
		if i+1 < len(keys) {
			before = keys[i+1]
		}
		if err := v.tree(child, keys[i], before, false); err != nil {
			return err
		}
	}
	return nil
}

func (v *verifier) leaf(body []byte, count uint16, from, end []byte) error {
	keys := make([][]byte, count)
	for i := range int(count) {
		at := pageHead + i*elementSize
		if len(body) < at+elementSize {
			return errors.New("it has too many keys")
		}
		e := body[at:]
		flags, pos := binary.NativeEndian.Uint32(e), binary.NativeEndian.Uint32(e[4:])
		keySize, valueSize := binary.NativeEndian.Uint32(e[8:]), binary.NativeEndian.Uint32(e[12:])
		both, err := part(e, pos, uint32(min(uint64(keySize)+uint64(valueSize), 1<<32-1)))
		if err != nil || flags > bucketLeaf || keySize == 0 {
			return errors.New("an entry of it is wrong")
		}
		keys[i] = both[:keySize]
		if flags == bucketLeaf {
			if err := v.bucket(both[keySize:]); err != nil {
				return err
			}
		}
	}
	return inOrder(keys, from, end)
}

// bucket checks one that is in another: in pages of its own, or, when small, in
// its value.
func (v *verifier) bucket(value []byte) error {
	if len(value) < bucketHead {
		return errors.New("a bucket is too short")
	}
	if root := binary.NativeEndian.Uint64(value); root != 0 {
		outside := v.below
		defer func() { v.below = outside }()
		v.below = true
		return v.tree(root, nil, nil, true)
	}
	page := value[bucketHead:]
	if len(page) < pageHead || binary.NativeEndian.Uint16(page[8:]) != flagLeaf {
		return errors.New("a small bucket is of no known kind")
	}
	return v.leaf(page, binary.NativeEndian.Uint16(page[10:]), nil, nil)
}

// free checks that every page is either used or free.
func (v *verifier) free() error {
	if v.meta.freelist == 1<<64-1 { // not kept in the file
		return nil
	}
	body, flags, count, err := v.page(v.meta.freelist)
	if err != nil {
		return err
	}
	ids, n := body[pageHead:], uint64(count)
	if n == 0xFFFF { // the number does not fit
		n, ids = binary.NativeEndian.Uint64(ids), ids[8:]
	}
	if flags != flagFreelist || n > uint64(len(ids)/8) {
		return errors.New("the list of free pages is wrong")
	}
	for i := range n {
		id := binary.NativeEndian.Uint64(ids[8*i:])
		if id < 2 || id >= v.meta.end || v.seen[id] {
			return fmt.Errorf("page %d is in the list of free pages and is not free", id)
		}
		v.seen[id] = true
	}
	for id := uint64(2); id < v.meta.end && !v.roots; id++ {
		if !v.seen[id] {
			return fmt.Errorf("page %d is neither used nor free", id)
		}
	}
	return nil
}

// part is what an element points at, counted from its own place.
func part(element []byte, pos, size uint32) ([]byte, error) {
	if uint64(pos)+uint64(size) > uint64(len(element)) {
		return nil, errors.New("an entry of it lies outside")
	}
	return element[pos : pos+size], nil
}

func inOrder(keys [][]byte, from, end []byte) error {
	for i, key := range keys {
		wrong := i == 0 && bytes.Compare(key, from) < 0 || i > 0 && bytes.Compare(key, keys[i-1]) <= 0
		if wrong || end != nil && bytes.Compare(key, end) >= 0 {
			return errors.New("its keys are out of order")
		}
	}
	return nil
}
