'use strict';

var mysql = require('mysql');
var config = require('./config');

// The pool connects with the first query.
var pool = mysql.createPool({
  host: config.mysql.host,
  port: config.mysql.port,
  user: config.mysql.user,
  password: config.mysql.password,
  database: config.mysql.database,
  connectionLimit: 10,
  connectTimeout: 2000
});

exports.query = function (sql, values, done) {
  pool.query(sql, values, done);
};
