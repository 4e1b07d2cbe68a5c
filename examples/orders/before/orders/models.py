from orders import db


class Order(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    customer = db.Column(db.String(64), nullable=False)
    total = db.Column(db.Numeric(10, 2), nullable=False)
    booked = db.Column(db.Boolean, nullable=False, default=False)

    def as_dict(self):
        return {"id": self.id, "customer": self.customer, "total": str(self.total), "booked": self.booked}
