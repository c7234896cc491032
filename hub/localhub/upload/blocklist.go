package upload

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"strings"
)

// maxList bounds the XML of a list: 50,000 ids of 64 bytes with their tags.
const maxList = 8 << 20

// putBlockList makes the file of the blocks that the list names. Blocks of an
// earlier list are not kept: a list that asks for them is refused.
func (s *Blobs) putBlockList(w http.ResponseWriter, r *http.Request, blob string) error {
	if err := s.checkConditions(r, blob); err != nil {
		return err
	}
	b, err := s.body(w, r, maxList)
	if err != nil {
		return err
	}
	var text buffer
	if err := b.copyTo(&text); err != nil {
		return err
	}
	names, err := readList(text.Bytes())
	if err != nil {
		return err
	}
	st, err := s.stage(blob)
	if err != nil {
		return err
	}
	defer st.mu.Unlock()
	if err := s.commit(st, blob, names); err != nil {
		return err
	}
	return s.created(w, blob)
}

// commit joins blocks to a file. The stage is locked.
func (s *Blobs) commit(st *stage, blob string, names []string) error {
	size := int64(0)
	for _, name := range names {
		length, staged := st.sizes[name]
		if !staged {
			return refuse(http.StatusBadRequest, "InvalidBlockList", "The specified block list is invalid.")
		}
		if size += length; size > s.o.MaxBlob { // a block may be named twice
			return refuse(http.StatusRequestEntityTooLarge, "RequestBodyTooLarge", "The blocks have more than %d bytes together, which is what a file may have here.", s.o.MaxBlob)
		}
	}
	joined := st.folder + partial
	err := s.write(joined, func(f file) error {
		for _, name := range names {
			if err := s.appendBlock(f, filepath.Join(st.folder, name)); err != nil {
				return err
			}
		}
		return f.Sync()
	})
	if err != nil {
		return err
	}
	if err := s.publish(joined, blob); err != nil {
		_ = s.root.Remove(joined)
		return err
	}
	s.forgetAppend(blob)
	if st.active > 0 { // a block that is on its way finds its folder
		return nil
	}
	return s.remove(st)
}

func (s *Blobs) appendBlock(to io.Writer, path string) error {
	f, err := s.root.Open(path)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, f)
	return errors.Join(err, f.Close())
}

// readList gives the files of the blocks in the order of the list ("Put Block
// List", request body).
func readList(text []byte) (names []string, err error) {
	invalid := refuse(http.StatusBadRequest, "InvalidXmlDocument", "XML specified is not syntactically valid.")
	d := xml.NewDecoder(bytes.NewReader(text))
	d.CharsetReader = func(charset string, input io.Reader) (io.Reader, error) {
		if strings.EqualFold(charset, "utf-8") {
			return input, nil
		}
		return nil, errors.New("not UTF-8")
	}
	var list struct {
		XMLName xml.Name `xml:"BlockList"`
		Blocks  []struct {
			XMLName xml.Name
			ID      string `xml:",chardata"`
		} `xml:",any"`
	}
	if err := d.Decode(&list); err != nil {
		return nil, invalid
	}
	if len(list.Blocks) > maxBlocks {
		return nil, refuse(http.StatusBadRequest, "BlockListTooLong", "The block list may not contain more than %d blocks.", maxBlocks)
	}
	for _, block := range list.Blocks {
		switch block.XMLName.Local {
		case "Latest", "Uncommitted":
		case "Committed":
			return nil, refuse(http.StatusBadRequest, "InvalidBlockList", "The specified block list is invalid: the local hub does not keep committed blocks.")
		default:
			return nil, invalid
		}
		name, err := blockFile(strings.TrimSpace(block.ID))
		if err != nil {
			return nil, refuse(http.StatusBadRequest, "InvalidBlockId", "The specified block ID is invalid. The block ID must be Base64-encoded.")
		}
		names = append(names, name)
	}
	return names, nil
}

// buffer is a file in memory.
type buffer struct{ bytes.Buffer }

// Sync has nothing to do.
func (*buffer) Sync() error { return nil }
