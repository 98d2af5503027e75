"""A model with a column of every kind that Django has, and rows at the edges of each. Copied into the app `kinds` by make.py."""

import uuid
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal

from django.db import models
from django.db.models import F, Q


class Tag(models.Model):
    code = models.CharField(max_length=20, primary_key=True)


class Kind(models.Model):
    class Size(models.IntegerChoices):
        SMALL = 1
        LARGE = 10

    class State(models.TextChoices):
        NEW = "new"
        IN_DELIVERY = "in delivery"
        DONE = "ok"

    slug = models.SlugField(unique=True)
    title = models.CharField(max_length=100)
    text = models.TextField(blank=True)
    state = models.CharField(max_length=20, choices=State, default=State.NEW)
    size = models.PositiveSmallIntegerField(choices=Size)
    flag = models.BooleanField(default=False)
    maybe = models.BooleanField(null=True)
    small = models.SmallIntegerField()
    whole = models.IntegerField()
    big = models.BigIntegerField()
    positive = models.PositiveIntegerField()
    float = models.FloatField()
    price = models.DecimalField(max_digits=6, decimal_places=2)
    exact = models.DecimalField(max_digits=30, decimal_places=10, null=True)
    day = models.DateField()
    clock = models.TimeField()
    moment = models.DateTimeField()
    span = models.DurationField(null=True)
    token = models.UUIDField(unique=True)
    data = models.BinaryField()
    body = models.JSONField(null=True)
    address = models.GenericIPAddressField(null=True)
    file = models.FileField(upload_to="files", null=True)
    link = models.URLField(default="")
    note = models.CharField(max_length=20, db_default="none")
    total = models.GeneratedField(
        expression=F("price") * F("small"),
        output_field=models.DecimalField(max_digits=12, decimal_places=2),
        db_persist=True,
    )

    class Meta:
        indexes = [models.Index(fields=["state", "-day"])]
        constraints = [
            models.UniqueConstraint(fields=["title", "day"], name="kind_title_day"),
            models.CheckConstraint(condition=Q(price__gte=0), name="kind_price_not_negative"),
        ]


class Parcel(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    kind = models.ForeignKey(Kind, models.PROTECT, related_name="parcels")
    previous = models.OneToOneField("self", models.SET_NULL, null=True, related_name="next")
    tags = models.ManyToManyField(Tag, related_name="parcels")


UTC = timezone.utc
PLAIN = dict(
    title="Plain", size=1, small=0, whole=0, big=0, positive=0, float=0.0, price=Decimal(0), day=date(2024, 2, 29),
    clock=time(0, 0), moment=datetime(2024, 2, 29, tzinfo=UTC), data=b"",
)


def kinds():
    """The rows, as keyword arguments; what is left out of one is that of PLAIN."""
    token = "0d3fb00b-e5ad-40aa-9b7c-{:012}".format
    some = [
        dict(slug="zero"),
        dict(
            slug="most", title="Ünïcode 😀 'quoted' \\", text="a\nb\tc", state="ok", size=10, flag=True, maybe=True,
            small=32767, whole=2147483647, big=9223372036854775807, positive=2147483647, float=1.7976931348623157e308,
            price=Decimal("9999.99"), exact=Decimal("1234.5678901234"), day=date(9999, 12, 31),
            clock=time(23, 59, 59, 999999), moment=datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
            span=timedelta(days=1, microseconds=1), data=bytes(range(256)),
            body={"a": [1, 2.5, "x", None, True], "é": {"😀": "\u0007\"\\/\x7f"}}, address="2001:db8::1", file="files/a.txt",
            link="https://example.com/?q=1",
        ),
        dict(
            slug="least", state="in delivery", maybe=False, small=-32768, whole=-2147483648, big=-9223372036854775808,
            float=-0.1, price=Decimal("0.10"), exact=Decimal("-0.0000000001"), day=date(1, 1, 1),
            clock=time(0, 0, 0, 1), moment=datetime(1, 1, 1, 0, 0, 0, 10, tzinfo=UTC),
            span=timedelta(days=-1, seconds=5), data=b"\x00", body=[], address="192.0.2.1",
        ),
        dict(slug="half", price=Decimal("2.50"), whole=3, clock=time(12, 30), span=timedelta(0), body="a text", exact=Decimal(7)),
        dict(slug="null-json", title="JSON null", body=models.Value(None, models.JSONField()), float=1e16, exact=Decimal("0.1")),
    ]
    for number, row in enumerate(some, 1):
        yield {**PLAIN, "token": uuid.UUID(token(number)), "day": date(2024, 1, number), **row}


def fill():
    made = [Kind.objects.create(**row) for row in kinds()]
    tags = [Tag.objects.create(code=code) for code in ("Fragile", "heavy", "é")]
    first = Parcel.objects.create(id=uuid.UUID(int=1), kind=made[0])
    second = Parcel.objects.create(id=uuid.UUID(int=2**128 - 1), kind=made[1], previous=first)
    for tag in tags:
        # One by one, so that the links have the same keys whenever this runs.
        first.tags.add(tag)
    second.tags.add(tags[2])
