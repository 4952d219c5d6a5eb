// Package logbody packs the effects of change sets for the log, as all stores
// keep them: those of an import are long, and much in them recurs.
package logbody

import (
	"fmt"
	"runtime"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// short is up to how many bytes an entry is kept as a text, which can be read
// with the store's own tools.
const short = 4096

// most bounds what an entry may be unpacked to, so that a damaged one does not
// take all memory.
const most = 1 << 30

var encoder = sync.OnceValues(func() (*zstd.Encoder, error) {
	return zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(runtime.GOMAXPROCS(0)))
})

var decoder = sync.OnceValues(func() (*zstd.Decoder, error) {
	return zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(most))
})

// Pack returns what is stored of an entry's text: a text where it is short, and
// otherwise bytes.
func Pack(body []byte) (any, error) {
	if len(body) <= short {
		return string(body), nil
	}
	e, err := encoder()
	if err != nil {
		return nil, err
	}
	return e.EncodeAll(body, make([]byte, 0, len(body)/4)), nil
}

// Unpack returns the text of what Pack returned, and of what was stored before
// anything was packed.
func Unpack(stored any) ([]byte, error) {
	switch stored := stored.(type) {
	case string:
		return []byte(stored), nil
	case []byte:
		d, err := decoder()
		if err != nil {
			return nil, err
		}
		return d.DecodeAll(stored, nil)
	}
	return nil, fmt.Errorf("an entry of the log is a %T", stored)
}
