package importer

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// maxLine is the longest line that is read: no record comes near it.
const maxLine = 4 << 20

// maxSkipped is how much is read on for the next line that can be one: a small
// compressed file may hold any number of empty ones.
const maxSkipped = 4 * maxLine

// lineReader hands out the lines of a text, without their ends, and skips
// blank ones.
type lineReader struct {
	r    *bufio.Reader
	line int
}

// next returns a copy of the next line. A line that is too long is consumed
// and reported by tooLong. It gives up when nothing but blank lines comes, or a
// line that does not end.
func (l *lineReader) next() (text []byte, line int, tooLong bool, err error) {
	for skipped := 0; skipped <= maxSkipped; {
		var read int
		text, read, tooLong, err = l.read()
		if err != nil {
			return nil, l.line, false, err
		}
		l.line++
		skipped += read
		text = bytes.TrimSpace(text)
		if tooLong || len(text) > 0 {
			return text, l.line, tooLong, nil
		}
	}
	return nil, l.line, false, fmt.Errorf("there are only blank lines in the %d MiB before line %d: is this the right file?", maxSkipped>>20, l.line)
}

// read reads a line, of so many bytes.
func (l *lineReader) read() (text []byte, read int, tooLong bool, err error) {
	for read <= maxSkipped {
		part, err := l.r.ReadSlice('\n')
		read += len(part)
		if tooLong = read > maxLine; tooLong {
			text = nil
		} else {
			text = append(text, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && read > 0:
			err = nil
		}
		return text, read, tooLong, err
	}
	return nil, read, true, fmt.Errorf("line %d does not end within %d MiB: are these lines of NDJSON?", l.line+1, maxSkipped>>20)
}
