//! Models by `serde`: loaded relations nest, others give their keys, cycles come to an end.

use orm::prelude::*;
use serde::Deserialize;

use crate::support::{day, suite};

/// Three models in a circle, each of which knows the others.
#[derive(Model, Debug, Clone, Serialize)]
#[model(ordering = [name])]
pub struct Painter {
    pub id: i64,
    pub name: String,
    pub born: NaiveDate,
    pub teacher: Option<ForeignKey<Self>>,
    #[reverse(Painter::teacher)]
    pub pupils: HasMany<Painter>,
    #[reverse(Painting::painter)]
    pub paintings: HasMany<Painting>,
    #[reverse(Biography::painter)]
    pub biography: HasOne<Biography>,
}

#[derive(Model, Debug, Clone, Serialize)]
#[model(ordering = [title])]
pub struct Painting {
    pub id: i64,
    pub title: String,
    #[field(max_digits = 8, decimal_places = 2)]
    pub price: Decimal,
    pub painter: ForeignKey<Painter>,
    pub museum: Option<ForeignKey<Museum>>,
    pub description: Deferred<Option<String>>,
}

#[derive(Model, Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Biography {
    pub id: i64,
    pub painter: OneToOne<Painter>,
    pub text: Deferred<String>,
    pub tags: Json<Vec<String>>,
}

/// Written by serde's own derive.
#[derive(Model, Debug, Clone, serde::Serialize)]
pub struct Museum {
    #[field(primary_key)]
    pub code: String,
    #[reverse(Painting::museum)]
    pub paintings: HasMany<Painting>,
    #[serde(skip_serializing_if = "ManyToMany::is_unloaded")]
    pub friends: ManyToMany<Painter>,
}

/// A parent, and a model that goes on in it.
#[derive(Model, Debug, Clone, Serialize)]
#[model(table = "json_work")]
pub struct Work {
    pub id: i64,
    pub title: String,
    pub by: ForeignKey<Painter>,
    #[reverse(Fresco::work)]
    pub fresco: HasOne<Fresco>,
}

#[derive(Model, Debug, Clone, Serialize)]
#[model(table = "json_fresco")]
pub struct Fresco {
    #[model(parent)]
    pub work: Parent<Work>,
    pub wall: String,
}

#[derive(Model, Debug, Clone, PartialEq, Serialize, Deserialize)]
#[model(table = "json_pigment")]
pub struct Pigment {
    pub id: i64,
    pub name: String,
}

#[derive(Model, Debug, Clone, PartialEq, Serialize, Deserialize)]
#[model(table = "json_dye")]
pub struct Dye {
    #[model(parent)]
    pub pigment: Parent<Pigment>,
    pub washable: bool,
}

#[derive(Model, Debug, Clone, Serialize)]
#[model(table = "json_flat")]
pub struct Flat {
    #[model(parent)]
    #[serde(flatten)]
    pub work: Parent<Work>,
    pub size: i32,
}

/// Attributes of serde, each by which something is written otherwise.
#[derive(Model, Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename = "frame")]
pub struct PictureFrame {
    #[serde(skip)]
    pub id: i64,
    pub wood_kind: Wood,
    #[serde(rename = "cm", serialize_with = "in_centimetres")]
    pub width: Millimetres,
    #[serde(flatten)]
    pub offer: Json<Offer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(on_delete = set_null)]
    pub painting: Option<ForeignKey<Painting>>,
    #[serde(skip_serializing_if = "never", skip_deserializing)]
    #[reverse(Nail::frame)]
    pub nails: HasMany<Nail>,
    #[serde(skip)]
    #[reverse(Nail::spare_of)]
    pub spare_nails: HasMany<Nail>,
    #[serde(skip_deserializing)]
    pub painters: ManyToMany<Painter>,
}

#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Wood {
    Oak,
    #[serde(rename = "beech wood")]
    Beech,
}

#[derive(SqlType, Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Millimetres(i32);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Offer {
    price: i32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<String>,
}

#[derive(Model, Debug, Clone, Serialize)]
pub struct Nail {
    pub id: i64,
    #[field(on_delete = cascade)]
    pub frame: ForeignKey<PictureFrame>,
    #[field(on_delete = cascade)]
    pub spare_of: Option<ForeignKey<PictureFrame>>,
}

#[derive(Projection, Debug, Serialize)]
#[projection(Painter)]
struct Catalogue {
    name: String,
    #[projection(Painter::paintings.order_by(Painting::title))]
    paintings: Vec<Entry>,
}

#[derive(Projection, Debug, Serialize)]
#[projection(Painting)]
#[serde(transparent)]
struct Entry {
    title: String,
}

fn in_centimetres<S: serde::Serializer>(
    width: &Millimetres,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(f64::from(width.0) / 10.0)
}

fn never<T>(_: &T) -> bool {
    false
}

/// Columns that others may share.
#[derive(Embed, Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Origin {
    pub town: String,
    pub year: Option<i32>,
}

#[derive(Model, Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Vase {
    pub id: i64,
    #[model(embed)]
    pub origin: Origin,
    #[model(embed(prefix = "sold_"))]
    #[serde(flatten)]
    pub sold: Origin,
}

suite! {
    fn a_parent_is_nested_or_flat(db) {
        let ann = Painter::draft().name("Ann").born(day(1900, 1, 1)).save(db)?;
        let work = || Work::draft().title("Sky").by(&ann);
        let fresco = Fresco::draft().work(work()).wall("north").save(db)?;
        assert_eq!(json!(fresco), json!({"work": {"id": 1, "title": "Sky", "by": 1}, "wall": "north"}));
        let flat = Flat::draft().work(work()).size(3).save(db)?;
        assert_eq!(json!(flat), json!({"id": 2, "title": "Sky", "by": 1, "size": 3}));
        let loaded = Fresco::objects().select_related(Fresco::work.by).one(db)?;
        assert_eq!(json!(loaded)["work"]["by"]["name"], json!("Ann"));
        let dye = Dye::draft().pigment(Pigment::draft().name("indigo")).washable(true).save(db)?;
        assert_eq!(serde_json::from_value::<Dye>(json!(dye)).expect("what was written"), dye);
        let work = Work::objects().select_related(Work::fresco).first(db)?;
        assert_eq!(json!(work)["fresco"]["wall"], json!("north"));
    }

    fn an_embedded_struct_nests_or_is_flat(db) {
        let origin = Origin { town: "Delft".into(), year: None };
        let vase = Vase::draft().origin(&origin).sold(Origin::draft().town("York").year(1900)).save(db)?;
        let text = json!({ "id": vase.id, "origin": { "town": "Delft", "year": null }, "town": "York", "year": 1900 });
        assert_eq!(serde_json::to_value(&vase).unwrap(), text);
        assert_eq!(serde_json::from_value::<Vase>(text).unwrap(), vase);
    }

    fn what_is_not_loaded_gives_its_key_or_is_left_out(db) {
        let (anna, bert, _) = gallery(db)?;
        assert_eq!(json(&Painter::objects().get(db, Painter::id.eq(bert))?), json!({
            "id": bert, "name": "Bert", "born": "1890-02-03", "teacher": anna,
        }));
        let lake = Painting::objects().defer(Painting::description).get(db, Painting::title.eq("Lake"))?;
        assert_eq!(json(&lake), json!({
            "id": lake.id, "title": "Lake", "price": "12.50", "painter": anna, "museum": "RM",
        }));
        let lake = Painting::objects().get(db, Painting::title.eq("Lake"))?;
        assert_eq!(json(&lake)["description"], json!(null));
        // Without `skip_serializing_if`, what is not loaded is null.
        assert_eq!(json(&Museum::objects().one(db)?), json!({"code": "RM", "paintings": null}));
    }

    fn what_is_loaded_nests(db) {
        let (anna, bert, _) = gallery(db)?;
        let hill = Painting::objects()
            .select_related((Painting::painter.teacher, Painting::museum))
            .defer(Painting::description)
            .get(db, Painting::title.eq("Hill"))?;
        assert_eq!(json(&hill), json!({
            "id": hill.id, "title": "Hill", "price": "8.00", "museum": null,
            "painter": {
                "id": bert, "name": "Bert", "born": "1890-02-03",
                "teacher": {"id": anna, "name": "Anna", "born": "1860-01-02", "teacher": null},
            },
        }));
        let painters = Painter::objects().select_related(Painter::biography).prefetch_related(Painter::paintings);
        let found = json(&painters.all(db)?);
        assert_eq!(found[0]["biography"]["text"], json!("She painted."));
        assert_eq!(found[0]["biography"]["tags"], json!(["lakes", "light"]));
        assert_eq!(found[0]["paintings"][0]["title"], json!("Lake"));
        assert_eq!(found[1]["biography"], json!(null));
        let mut museum = Museum::objects().one(db)?;
        museum.friends.add(db, [anna, bert])?;
        let museum = Museum::objects().prefetch_related(Museum::friends).one(db)?;
        assert_eq!(json(&museum)["friends"][1]["name"], json!("Bert"));
    }

    fn cycles_come_to_an_end(db) {
        let (anna, bert, _) = gallery(db)?;
        // A child that has its parent loaded, in which it is.
        let painter = Painter::objects()
            .prefetch_related(Painter::paintings.select_related(Painting::painter))
            .get(db, Painter::id.eq(anna))?;
        assert_eq!(json(&painter)["paintings"][0]["painter"], json!(anna));
        // The other way round, the parent's children, of which it is one.
        let lake = Painting::objects().get(db, Painting::title.eq("Lake"))?;
        let moor = Painting::draft().title("Moor").price(9).painter(&painter).save(db)?;
        let painter = Painter::objects().prefetch_related(Painter::paintings).get(db, Painter::id.eq(anna))?;
        let mut lake = lake.clone();
        lake.painter.set(&painter);
        let found = json(&lake);
        assert_eq!(found["painter"]["name"], json!("Anna"));
        assert_eq!(found["painter"]["paintings"][0], json!(lake.id));
        assert_eq!(found["painter"]["paintings"][1], json!({
            "id": moor.id, "title": "Moor", "price": "9.00", "painter": anna, "museum": null, "description": null,
        }));
        // Rows that are each other's.
        Painter::objects().filter(Painter::id.eq(anna)).update(db, Painter::teacher.set(bert))?;
        let both = Painter::objects()
            .select_related(Painter::teacher.teacher)
            .prefetch_related(Painter::pupils.prefetch_related(Painter::pupils));
        let both = both.filter(Painter::id.is_in([anna, bert])).all(db)?;
        let found = json(&both);
        assert_eq!(found[0]["teacher"]["name"], json!("Bert"));
        assert_eq!(found[0]["teacher"]["teacher"], json!(anna));
        assert_eq!(found[0]["pupils"][0]["pupils"], json!([anna]));
        // A row that stands beside itself, and not within, is written twice.
        assert_eq!(found[1]["name"], json!("Bert"));
        let (same, again) = (&both[0], &both[0]);
        assert_eq!(json(&[same, again])[1], found[0]);
        // An error inside leaves nothing behind.
        let mut full: &mut [u8] = &mut [0; 60];
        assert!(serde_json::to_writer(&mut full, &both).is_err());
        assert_eq!(json(&both), found);
    }

    fn a_row_that_teaches_itself_comes_to_an_end(db) {
        let (anna, _, _) = gallery(db)?;
        Painter::objects().filter(Painter::id.eq(anna)).update(db, Painter::teacher.set(anna))?;
        let painter = Painter::objects()
            .select_related(Painter::teacher)
            .prefetch_related(Painter::pupils)
            .get(db, Painter::id.eq(anna))?;
        let found = json(&painter);
        assert_eq!((&found["teacher"], &found["pupils"][0]), (&json!(anna), &json!(anna)));
        assert_eq!(found["pupils"][1]["name"], json!("Bert"));
    }

    fn the_attributes_of_serde_hold(db) {
        gallery(db)?;
        let offer = Json(Offer { price: 12, until: None });
        let frame = PictureFrame::draft().wood_kind(Wood::Beech).width(Millimetres(255)).offer(offer).save(db)?;
        assert_eq!(json(&frame), json!({
            "woodKind": "beech wood", "cm": 25.5, "price": 12, "nails": null,
        }));
        let frames = PictureFrame::objects().prefetch_related((PictureFrame::nails, PictureFrame::painters));
        assert_eq!(json(&frames.all(db)?), json!([
            {"woodKind": "beech wood", "cm": 25.5, "price": 12, "nails": [], "painters": []},
        ]));
        let text = json!({"woodKind": "OAK", "cm": 7, "price": 3, "until": "May", "painting": 1});
        let read: PictureFrame = serde_json::from_value(text).expect("a frame");
        assert_eq!((read.wood_kind, read.width), (Wood::Oak, Millimetres(7)));
        assert_eq!(read.offer.0.until.as_deref(), Some("May"));
    }

    fn projections_are_written_too(db) {
        gallery(db)?;
        let painters = Painter::objects().filter(Painter::name.ne("Cleo")).values::<Catalogue>();
        assert_eq!(json(&painters.all(db)?), json!([
            {"name": "Anna", "paintings": ["Lake"]},
            {"name": "Bert", "paintings": ["Hill"]},
        ]));
    }

    fn keys_are_read_back(db) {
        let (anna, _, _) = gallery(db)?;
        let biography = Biography::objects().one(db)?;
        let text = json(&biography);
        assert_eq!(text, json!({"id": biography.id, "painter": anna, "text": "She painted.", "tags": ["lakes", "light"]}));
        let mut read: Biography = serde_json::from_value(text).expect("what was written");
        assert_eq!(read, biography);
        assert_eq!(read.painter.fetch(db)?.name, "Anna");
        read.text.set("She drew.");
        read.save(db)?;
        assert_eq!(Biography::objects().one(db)?.text.get()?, "She drew.");
    }
}

fn json(value: &impl serde::Serialize) -> serde_json::Value {
    serde_json::to_value(value).expect("models are written")
}

/// The keys of three painters, of whom the first has taught the second.
fn gallery(db: &Database) -> Result<(i64, i64, i64)> {
    let anna = Painter::draft()
        .name("Anna")
        .born(day(1860, 1, 2))
        .save(db)?;
    let bert = Painter::draft()
        .name("Bert")
        .born(day(1890, 2, 3))
        .teacher(&anna)
        .save(db)?;
    let cleo = Painter::draft()
        .name("Cleo")
        .born(day(1900, 3, 4))
        .save(db)?;
    let museum = Museum::draft().code("RM").save(db)?;
    Painting::draft()
        .title("Lake")
        .price(dec!(12.5))
        .painter(&anna)
        .museum(&museum)
        .save(db)?;
    Painting::draft()
        .title("Hill")
        .price(8)
        .painter(&bert)
        .description("A hill.")
        .save(db)?;
    let tags = Json(vec!["lakes".to_owned(), "light".to_owned()]);
    Biography::draft()
        .painter(&anna)
        .text("She painted.")
        .tags(tags)
        .save(db)?;
    Ok((anna.id, bert.id, cleo.id))
}
