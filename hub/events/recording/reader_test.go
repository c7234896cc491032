package recording_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"

	"hubscope/hub/events"
	"hubscope/hub/events/recording"
)

func event(n int64) events.Event {
	return events.Event{Partition: "0", Sequence: n, DeviceID: "wind-1", Body: []byte(`{"n":1}`)}
}

func line(n int64) string {
	e := event(n)
	return string(recording.Append(nil, &e))
}

// read gives the sequence numbers that a reader finds, and the numbers of the lines that it passes over.
func read(t testing.TB, from io.Reader) (numbers []int64, damaged []int, torn bool, end error) {
	t.Helper()
	r, err := recording.NewReader(from)
	if err != nil {
		return nil, nil, false, err
	}
	for {
		e, err := r.Next()
		var bad *recording.LineError
		switch {
		case err == nil:
			numbers = append(numbers, e.Sequence)
		case errors.As(err, &bad):
			damaged = append(damaged, bad.Line)
		case errors.Is(err, io.EOF):
			return numbers, damaged, r.Torn(), nil
		default:
			return numbers, damaged, r.Torn(), err
		}
	}
}

func packed(text string) string {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return out.String()
}

func TestReader(t *testing.T) {
	whole := line(1) + "\n" + line(2) + "\n"
	for _, c := range []struct {
		name, text string
		numbers    []int64
		damaged    []int
		torn       bool
	}{
		{"nothing", "", nil, nil, false},
		{"two", whole, []int64{1, 2}, nil, false},
		{"no break at the end", line(1) + "\n" + line(2), []int64{1, 2}, nil, false},
		{"breaks of Windows and empty lines", line(1) + "\r\n\r\n" + line(2) + "\r\n", []int64{1, 2}, nil, false},
		{"torn", whole + line(3)[:20], []int64{1, 2}, nil, true},
		{"damaged", line(1) + "\nnonsense\n{}\n[1]\n" + `{"sequenceNumber":"x"}` + "\n" + line(2) + "\n", []int64{1, 2}, []int{2, 3, 4, 5}, false},
		{"too long", line(1) + "\n" + strings.Repeat("x", recording.MaxLine+1) + "\n" + line(2) + "\n", []int64{1, 2}, []int{2}, false},
		{"packed", packed(whole), []int64{1, 2}, nil, false},
		{"packed in two", packed(whole) + packed(line(3)+"\n"), []int64{1, 2, 3}, nil, false},
		{"packed and torn", packed(whole)[:len(packed(whole))-6], []int64{1, 2}, nil, true},
		{"later fields", `{"formatVersion":1,"sequenceNumber":7,"later":{"a":1}}`, []int64{7}, nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			numbers, damaged, torn, err := read(t, strings.NewReader(c.text))
			if err != nil || !reflect.DeepEqual(numbers, c.numbers) || !reflect.DeepEqual(damaged, c.damaged) || torn != c.torn {
				t.Errorf("%v, damaged %v, torn %t, %v", numbers, damaged, torn, err)
			}
		})
	}
}

func TestReaderRefusesWhatIsNewer(t *testing.T) {
	numbers, _, _, err := read(t, strings.NewReader(`{"formatVersion":2,"sequenceNumber":7}`+"\n"+line(1)+"\n"))
	if !errors.Is(err, recording.ErrVersion) || len(numbers) > 0 {
		t.Errorf("%v, %v", numbers, err)
	}
	if want := "the recording was written by a newer hubscope: it has version 2, and this one reads up to 1"; err.Error() != want {
		t.Errorf("%v", err)
	}
}

// FuzzReader: whatever a file holds, reading it comes to an end, and what was read can be written and read again.
func FuzzReader(f *testing.F) {
	f.Add([]byte(line(1) + "\n" + line(2)))
	f.Add([]byte(packed(line(1) + "\n")))
	f.Add([]byte(`{"formatVersion":1,"applicationProperties":{"a":[1,{"b":2.5}],"c":"AQ=="},"applicationPropertyTypes":{"a":{"items":["int",{"fields":{"b":"float"}}]},"c":"binary"}}`))
	f.Add([]byte(`{"deviceId":"\udc80\ud83d\ude00\ud83d","systemProperties":{"m":[[1,2],["a",null]]},"systemPropertyTypes":{"m":{"pairs":[{"items":["int","uint"]},null]}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := recording.NewReader(bytes.NewReader(data))
		if err != nil {
			return
		}
		for {
			e, err := r.Next()
			if errors.As(err, new(*recording.LineError)) {
				continue
			}
			if err != nil {
				return
			}
			text := recording.Append(nil, &e)
			back, err := recording.Parse(text)
			if err != nil && string(text) != "{}" {
				t.Fatalf("%v: %s", err, text)
			}
			if again := recording.Append(nil, &back); !bytes.Equal(text, again) && string(text) != "{}" {
				t.Fatalf("written again it is another line:\n%s\n%s", text, again)
			}
		}
	})
}
