package importer

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// maxLine is the longest line that is read: no record comes near it.
const maxLine = 4 << 20

// lineReader hands out the lines of a text, without their ends, and skips
// blank ones.
type lineReader struct {
	r    *bufio.Reader
	line int
}

// next returns a copy of the next line. A line that is too long is consumed
// and reported by tooLong.
func (l *lineReader) next() (text []byte, line int, tooLong bool, err error) {
	for {
		text, tooLong, err = l.read()
		if err != nil {
			return nil, l.line, false, err
		}
		l.line++
		text = bytes.TrimSpace(text)
		if tooLong || len(text) > 0 {
			return text, l.line, tooLong, nil
		}
	}
}

func (l *lineReader) read() (text []byte, tooLong bool, err error) {
	for {
		part, err := l.r.ReadSlice('\n')
		if len(text)+len(part) > maxLine {
			tooLong = true
		}
		if !tooLong {
			text = append(text, part...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if errors.Is(err, io.EOF) && (len(text) > 0 || tooLong) {
			err = nil
		}
		if tooLong {
			text = text[:min(len(text), 1)]
		}
		return text, tooLong, err
	}
}
