package upload

import "os"

// flushing has the system begin to write to the disk while more comes: what is
// synced at the end would otherwise wait for gigabytes.
type flushing struct {
	*os.File
	since int64
}

// flushEvery is how many bytes may wait.
const flushEvery = 32 << 20

// Write implements io.Writer.
func (f *flushing) Write(text []byte) (int, error) {
	n, err := f.File.Write(text)
	f.since += int64(n)
	if f.since >= flushEvery {
		f.since = 0
		beginFlush(f.File)
	}
	return n, err
}
