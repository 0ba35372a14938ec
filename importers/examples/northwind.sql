-- A small trading company in the shape of the Northwind dump. It isn't one of its rows.
SET @OLD_UNIQUE_CHECKS=@@UNIQUE_CHECKS, UNIQUE_CHECKS=0;
USE `northwind`;

CREATE TABLE IF NOT EXISTS `northwind`.`suppliers` (
  `id` INT(11) NOT NULL AUTO_INCREMENT,
  `company` VARCHAR(50) NULL DEFAULT NULL,
  PRIMARY KEY (`id`),
  INDEX `company` (`company` ASC))
ENGINE = InnoDB;

# Dumping data for table 'suppliers'
INSERT INTO `suppliers` VALUES (1, 'Lisbon Tins; Sons'), (2, 'O\'Hara Teas');

INSERT INTO `customers` (`id`, `company`) VALUES (1, 'Corner Shop'), (2, 'Café "North"'), (3, 'Nobody');
INSERT INTO `shippers` (`id`, `company`) VALUES (1, 'Fast Vans');

INSERT INTO `purchase_orders` (`id`, `supplier_id`, `submitted_date`, `shipping_fee`, `taxes`, `payment_method`) VALUES
  (90, 2, '2026-01-05 00:00:00', 0, 0, NULL),
  (91, 1, '2026-01-06 00:00:00', 0, 0, 'Check');

INSERT INTO `purchase_order_details` (`id`, `purchase_order_id`, `product_id`, `quantity`, `unit_cost`, `date_received`, `posted_to_inventory`, `inventory_id`) VALUES
  (1, 90, 7, 40, 12.5, '2026-01-12 00:00:00', 1, 100),
  (2, 90, 8, 10, 3, '2026-01-12 00:00:00', 1, 101),
  (3, 91, 9, 25, 2.25, NULL, 0, NULL);

INSERT INTO `inventory_transactions` (`id`, `transaction_type`, `transaction_created_date`, `transaction_modified_date`, `product_id`, `quantity`, `purchase_order_id`, `customer_order_id`, `comments`) VALUES
  (100, 1, '2026-02-01 16:02:28', '2026-02-01 16:02:28', 7, 40, NULL, NULL, NULL),
  (101, 1, '2026-02-01 16:02:48', '2026-02-01 16:02:48', 8, 10, NULL, NULL, NULL),
  (102, 2, '2026-02-01 16:07:56', '2026-02-01 16:07:56', 7, 15, NULL, NULL, NULL),
  (103, 2, '2026-02-01 16:08:19', '2026-02-01 16:08:19', 8, 4, NULL, NULL, 'Fill Back Ordered product, Order #30'),
  (104, 3, '2026-02-02 09:00:00', '2026-02-02 09:00:00', 7, 5, NULL, NULL, NULL),
  (105, 4, '2026-02-03 09:00:00', '2026-02-03 09:00:00', 8, 1, NULL, NULL, 'tin was open'),
  (106, 2, '2026-02-03 10:00:00', '2026-02-03 10:00:00', 7, 2, NULL, NULL, NULL);

INSERT INTO `orders` (`id`, `employee_id`, `customer_id`, `order_date`, `shipped_date`, `shipper_id`, `ship_country_region`, `shipping_fee`, `taxes`, `payment_type`, `paid_date`) VALUES
  (30, 9, 1, '2026-01-15 00:00:00', '2026-01-20 00:00:00', 1, 'USA', 20, 0, 'Check', '2026-01-15 00:00:00'),
  (31, 3, 2, '2026-02-02 00:00:00', NULL, NULL, 'USA', 0, 0, NULL, NULL),
  (32, 3, 2, '2026-02-03 00:00:00', NULL, 1, 'USA', 5, 0, NULL, NULL);

INSERT INTO `order_details` (`id`, `order_id`, `product_id`, `quantity`, `unit_price`, `discount`, `status_id`, `inventory_id`) VALUES
  (1, 30, 7, 15.0000, 20, 0, 2, 102),
  (2, 30, 8, 4.0000, 6.55, 0, 2, 103),
  (3, 31, 7, 5.0000, 20, 0, 1, 104),
  (4, 32, 7, 2.0000, 20, 0.1, 2, 106),
  (5, 32, 8, 0.0000, 6.55, 0, 5, NULL);

INSERT INTO `invoices` (`id`, `order_id`, `invoice_date`, `due_date`, `tax`, `shipping`, `amount_due`) VALUES
  (5, 30, '2026-02-01 16:08:59', NULL, 0, 0, 0),
  (6, 32, '2026-02-03 16:08:59', NULL, 0, 0, 0);
