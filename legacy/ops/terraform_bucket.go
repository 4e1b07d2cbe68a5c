package ops

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// bucketAddress are what AWS answers for a bucket of S3 under the name of its resource: the address that holds in each region.
var bucketAddress = map[string]bool{"bucket_regional_domain_name": true, "bucket_domain_name": true}

// buckets are the addresses of the buckets that an expression asks for, where the module names them; NilVal for none.
func (s *tfScope) buckets(asked []hcl.Traversal) cty.Value {
	found := map[string]cty.Value{}
	for _, traversal := range asked {
		name := attrOf(traversal, 1)
		if traversal.RootName() != "aws_s3_bucket" || !bucketAddress[attrOf(traversal, 2)] || s.pending["bucket "+name] || len(s.pending) > maxHCLDepth {
			continue
		}
		if address := s.bucketOnce(name); address != "" {
			found[name] = cty.ObjectVal(map[string]cty.Value{"bucket_regional_domain_name": cty.StringVal(address), "bucket_domain_name": cty.StringVal(address)})
		}
	}
	if len(found) == 0 {
		return cty.NilVal
	}
	return cty.ObjectVal(found)
}

// bucketOnce works out the address of a bucket, once: buckets may be called after each other.
func (s *tfScope) bucketOnce(name string) string {
	if address, done := s.bucketNames[name]; done {
		return address
	}
	s.pending["bucket "+name] = true
	address := s.bucketOf(name)
	delete(s.pending, "bucket "+name)
	s.bucketNames[name] = address
	return address
}

// bucketOf is the address of one bucket, "" where its name is not known.
func (s *tfScope) bucketOf(name string) string {
	for _, b := range s.module.blocks {
		if b.Type != "resource" || len(b.Labels) < 2 || b.Labels[0] != "aws_s3_bucket" || b.Labels[1] != name || b.Body.Attributes["bucket"] == nil {
			continue
		}
		if text, secret := plainText(s.value(b.Body.Attributes["bucket"].Expr)); text != "" && !secret {
			return text + ".s3.amazonaws.com"
		}
	}
	return ""
}
