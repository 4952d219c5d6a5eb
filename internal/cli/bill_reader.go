package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"golang.org/x/sync/semaphore"

	"releasegraph/internal/app/material"
	"releasegraph/internal/digest"
	"releasegraph/internal/domain"
	"releasegraph/internal/importer"
	"releasegraph/internal/library"
	"releasegraph/internal/plan/bill"
	"releasegraph/internal/store/blob"
)

// maxBill is the largest bill of materials that is read for an answer. It is held in
// memory while it is decoded, and no two are at once.
const maxBill = 64 << 20

// billReader reads bills of materials that are in the library.
type billReader struct {
	library *library.Library
	one     *semaphore.Weighted
}

var _ material.Reader = billReader{}

func newBillReader(l *library.Library) billReader { return billReader{l, semaphore.NewWeighted(1)} }

// Components implements material.Reader.
func (b billReader) Components(ctx context.Context, m *domain.MediaItem) ([]bill.Component, error) {
	if m.Size > maxBill {
		return nil, unread("has %d bytes: %d MiB are the most that are read for an answer", m.Size, maxBill>>20)
	}
	if err := b.one.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	defer b.one.Release(1)
	d, err := digest.Parse(m.Sha256)
	if err != nil {
		return nil, err
	}
	c, _, err := b.library.Open(ctx, d, m.SoundCopies())
	if errors.Is(err, blob.ErrNotFound) {
		return nil, unread("its bytes are not in the library")
	}
	if err != nil {
		return nil, err
	}
	defer c.Close()
	read, err := importer.Components(io.LimitReader(c, int64(m.Size)))
	if err != nil {
		return nil, unread("%w", err)
	}
	list := make([]bill.Component, len(read))
	for i, one := range read {
		list[i] = bill.Component(one)
	}
	return list, nil
}

// unread is why a bill cannot be read.
func unread(format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	return &domain.Error{Code: domain.Invalid, Message: err.Error(), Cause: err}
}
