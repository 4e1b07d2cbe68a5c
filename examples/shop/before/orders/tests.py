from django.test import TestCase


class Healthz(TestCase):
    def test_ok(self):
        self.assertEqual(self.client.get('/healthz').json(), {'status': 'ok'})
