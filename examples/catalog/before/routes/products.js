'use strict';

var express = require('express');
var cache = require('../lib/cache');
var config = require('../lib/config');
var db = require('../lib/db');

var router = express.Router();

function withImage(product) {
  return Object.assign({}, product, { image: config.images.url + '/' + product.sku + '.jpg' });
}

router.get('/', function (req, res, next) {
  cache.get('products', function (cached) {
    if (cached) return res.json(cached.map(withImage));
    db.query('SELECT id, sku, name, price FROM products ORDER BY name LIMIT 100', [], function (err, rows) {
      if (err) return next(err);
      cache.set('products', rows);
      res.json(rows.map(withImage));
    });
  });
});

router.get('/:id', function (req, res, next) {
  db.query('SELECT id, sku, name, price FROM products WHERE id = ?', [req.params.id], function (err, rows) {
    if (err) return next(err);
    if (!rows.length) return res.status(404).json({ error: 'not found' });
    res.json(withImage(rows[0]));
  });
});

module.exports = router;
