CREATE TABLE products (
  id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  sku VARCHAR(32) NOT NULL,
  name VARCHAR(200) NOT NULL,
  price DECIMAL(10,2) NOT NULL,
  UNIQUE KEY products_sku (sku)
) ENGINE=InnoDB DEFAULT CHARSET=utf8;

INSERT INTO products (sku, name, price) VALUES
  ('MUG-01', 'Mug, blue', 7.90),
  ('TEE-12', 'T-shirt, M', 19.00);
