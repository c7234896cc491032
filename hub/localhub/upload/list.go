package upload

import (
	"encoding/base64"
	"encoding/xml"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxListed is the most blobs of a page, and how many there are unless asked for
// otherwise ("List Blobs").
const maxListed = 5000

// The document of List Blobs.
type (
	listing struct {
		XMLName         xml.Name `xml:"EnumerationResults"`
		ServiceEndpoint string   `xml:"ServiceEndpoint,attr"`
		ContainerName   string   `xml:"ContainerName,attr"`
		Prefix          string   `xml:"Prefix,omitempty"`
		Marker          string   `xml:"Marker,omitempty"`
		MaxResults      int      `xml:"MaxResults,omitempty"`
		Delimiter       string   `xml:"Delimiter,omitempty"`
		Blobs           struct {
			Entries []any
		}
		NextMarker string
	}
	listedBlob struct {
		XMLName    xml.Name `xml:"Blob"`
		Name       string
		Properties listedProperties
	}
	listedProperties struct {
		CreationTime  string `xml:"Creation-Time"`
		LastModified  string `xml:"Last-Modified"`
		Etag          string
		ContentLength int64  `xml:"Content-Length"`
		ContentType   string `xml:"Content-Type"`
		BlobType      string
		LeaseStatus   string
		LeaseState    string
	}
	listedPrefix struct {
		XMLName xml.Name `xml:"BlobPrefix"`
		Name    string
	}
)

// listBlobs answers with a page of the blobs of a container in the order of their
// names, those behind a delimiter as one prefix.
func (s *Blobs) listBlobs(w http.ResponseWriter, r *http.Request, container string) error {
	query := r.URL.Query()
	after, err := base64.URLEncoding.DecodeString(query.Get("marker"))
	if err != nil {
		return refuse(http.StatusBadRequest, "InvalidQueryParameterValue", "The marker is not one of this container.")
	}
	most := maxListed
	if text := query.Get("maxresults"); text != "" {
		if most, err = strconv.Atoi(text); err != nil || most < 1 {
			return refuse(http.StatusBadRequest, "OutOfRangeQueryParameterValue", "maxresults must be a number from 1 to %d.", maxListed)
		}
		most = min(most, maxListed)
	}
	names, err := s.names(container)
	if err != nil {
		return err
	}
	page := listing{
		ServiceEndpoint: "https://" + s.o.Host() + "/" + s.tree + "/", ContainerName: container,
		Prefix: query.Get("prefix"), Marker: query.Get("marker"), Delimiter: query.Get("delimiter"),
	}
	last := string(after)
	for _, name := range names {
		shown, isPrefix := collapse(name, page.Prefix, page.Delimiter)
		if shown == "" || shown <= last {
			continue
		}
		if len(page.Blobs.Entries) == most {
			page.NextMarker = base64.URLEncoding.EncodeToString([]byte(last))
			break
		}
		if entry := s.entry(container, shown, isPrefix); entry != nil {
			page.Blobs.Entries = append(page.Blobs.Entries, entry)
			last = shown
		}
	}
	text, err := xml.Marshal(page)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/xml")
	_, err = w.Write(append([]byte(xml.Header), text...))
	return err
}

// collapse gives what is shown of a name; nothing of one that the prefix rules out.
func collapse(name, prefix, delimiter string) (shown string, isPrefix bool) {
	rest, found := strings.CutPrefix(name, prefix)
	if !found {
		return "", false
	}
	if delimiter == "" {
		return name, false
	}
	if head, _, cut := strings.Cut(rest, delimiter); cut {
		return prefix + head + delimiter, true
	}
	return name, false
}

// entry is nil for a blob that was deleted meanwhile.
func (s *Blobs) entry(container, name string, isPrefix bool) any {
	if isPrefix {
		return listedPrefix{Name: name}
	}
	blob := container + "/" + name
	info, err := s.root.Stat(filePath(blob))
	if err != nil {
		return nil
	}
	modified := info.ModTime().UTC().Truncate(time.Second).Format(http.TimeFormat)
	return listedBlob{Name: name, Properties: listedProperties{
		CreationTime: modified, LastModified: modified, Etag: strings.Trim(etag(info), `"`),
		ContentLength: info.Size(), ContentType: "application/octet-stream", BlobType: s.typeOf(blob),
		LeaseStatus: "unlocked", LeaseState: "available",
	}}
}

// names are the blobs of a container, sorted.
func (s *Blobs) names(container string) (names []string, err error) {
	err = fs.WalkDir(s.root.FS(), container, func(at string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		// The escapes of a file name are those of a URL.
		name, err := url.PathUnescape(strings.TrimPrefix(at, path.Clean(container)+"/"))
		if err == nil {
			names = append(names, name)
		}
		return nil
	})
	slices.Sort(names)
	return names, err
}
