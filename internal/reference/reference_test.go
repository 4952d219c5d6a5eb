package reference_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"releasegraph/internal/digest"
	"releasegraph/internal/reference"
)

var sum = digest.Of([]byte("a kit"))

func TestAReferenceIsWrittenAsItIsRead(t *testing.T) {
	for text, want := range map[string]reference.Reference{
		"file:///kits/shop 2.tar":                            {Scheme: reference.File, Name: "/kits/shop 2.tar"},
		"file:///kits/shop.tar#sha256=" + sum.String():       {Scheme: reference.File, Name: "/kits/shop.tar", Digest: sum},
		"s3://kits/shop/2.0.0.tar":                           {Scheme: reference.S3, Place: "kits", Name: "shop/2.0.0.tar"},
		"s3://kits/shop.tar#sha256=" + sum.String():          {Scheme: reference.S3, Place: "kits", Name: "shop.tar", Digest: sum},
		"oci://registry.example:5000/shop/app:2.0.0":         {Scheme: reference.OCI, Place: "registry.example:5000/shop/app", Name: "2.0.0"},
		"oci://registry.example/shop@sha256:" + sum.String(): {Scheme: reference.OCI, Place: "registry.example/shop", Digest: sum},
	} {
		got, err := reference.Parse(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got)
		require.Equal(t, want.Digest == sum, got.Pinned())
		again, err := reference.Parse(got.String())
		require.NoError(t, err, got)
		require.Equal(t, want, again)
	}
	// A digest beside a tag is what counts.
	got, err := reference.Parse("oci://registry.example/shop:2.0.0@sha256:" + sum.String())
	require.NoError(t, err)
	require.Equal(t, "oci://registry.example/shop@sha256:"+sum.String(), got.String())
}

func TestAReferenceThatCouldLeadElsewhereIsRefused_L1(t *testing.T) {
	for _, text := range []string{
		"", "kit.tar", "/kits/kit.tar", "http://example.com/kit", "FILE:///kit",
		"file://host/kit", "file:///", "file:////kits/kit", "file:///kits/../etc/passwd", "file:///kits/%2e%2e/etc/passwd", "file:///kits/./kit", "file:///kits//kit", "file:///kits/",
		"file:///kits/..%2f..%2fetc", `file:///kits/..\etc`, "file:///kits/kit%00", "file:///kit?x=1", "file:///kit#sha256=abc", "file:///kit#md5=" + sum.String(),
		"s3://", "s3:///kit", "s3://bucket", "s3://bucket/", "s3://bucket/../other/kit", "s3://user:secret@bucket/kit", "s3://bucket/kit?endpoint=http://169.254.169.254",
		"oci://registry.example", "oci://registry.example/shop", "oci://registry.example/../shop:1", "oci://registry.example/shop@sha256:abc", "oci://registry.example/shop@sha512:" + strings.Repeat("ab", 64),
		"oci://user@registry.example/shop:1", "oci:///shop:1", "oci://registry.example/Shop:1", "oci://registry.example/shop:1?x=y",
		"s3://bucket/" + strings.Repeat("x", 3_000),
	} {
		got, err := reference.Parse(text)
		require.Error(t, err, "%q is read as %+v", text, got)
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"file:///kits/kit.tar#sha256=" + sum.String(), "s3://b/k", "oci://r.example:5000/a/b:1@sha256:" + sum.String(), "file:///a/%2e%2e/b", "oci://r/a@sha256:"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := reference.Parse(text)
		if err != nil {
			return
		}
		for part := range strings.SplitSeq(r.Name, "/") {
			if part == ".." {
				t.Fatalf("%q leads upwards", text)
			}
		}
		again, err := reference.Parse(r.String())
		if err != nil || again != r {
			t.Fatalf("%q: %+v is written %q, and read as %+v, %v", text, r, r, again, err)
		}
	})
}
