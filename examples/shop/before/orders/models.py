from django.db import models


class Order(models.Model):
    NEW, PAID, SENT = 'new', 'paid', 'sent'
    STATES = ((NEW, 'new'), (PAID, 'paid'), (SENT, 'sent'))

    created = models.DateTimeField(auto_now_add=True)
    email = models.EmailField()
    state = models.CharField(max_length=8, choices=STATES, default=NEW)
    total = models.DecimalField(max_digits=10, decimal_places=2)
    picture = models.ImageField(upload_to='orders', blank=True)

    class Meta:
        ordering = ['-created']

    def as_dict(self):
        return {'id': self.pk, 'state': self.state, 'total': str(self.total)}
