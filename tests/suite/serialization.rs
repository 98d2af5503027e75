//! Models by `serde`: loaded relations nest, others give their keys, cycles come to an end.

use orm::prelude::*;
use serde::{Deserialize, Serialize};

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
    #[serde(skip_serializing_if = "HasMany::is_unloaded")]
    pub pupils: HasMany<Painter>,
    #[reverse(Painting::painter)]
    #[serde(skip_serializing_if = "HasMany::is_unloaded")]
    pub paintings: HasMany<Painting>,
    #[reverse(Biography::painter)]
    #[serde(skip_serializing_if = "HasOne::is_unloaded")]
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
    #[serde(skip_serializing_if = "Deferred::is_unloaded")]
    pub description: Deferred<Option<String>>,
}

#[derive(Model, Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Biography {
    pub id: i64,
    pub painter: OneToOne<Painter>,
    pub text: Deferred<String>,
    pub tags: Json<Vec<String>>,
}

#[derive(Model, Debug, Clone, Serialize)]
pub struct Museum {
    #[field(primary_key)]
    pub code: String,
    #[reverse(Painting::museum)]
    pub paintings: HasMany<Painting>,
    #[serde(skip_serializing_if = "ManyToMany::is_unloaded")]
    pub friends: ManyToMany<Painter>,
}

suite! {
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
        // The other way round, the children of the parent.
        let lake = Painting::objects().get(db, Painting::title.eq("Lake"))?;
        let mut lake = lake.clone();
        lake.painter.set(&painter);
        let found = json(&lake);
        assert_eq!(found["painter"]["name"], json!("Anna"));
        assert_eq!(found["painter"]["paintings"][0]["painter"], json!(anna));
        // Rows that are each other's.
        Painter::objects().filter(Painter::id.eq(anna)).update(db, Painter::teacher.set(bert))?;
        let both = Painter::objects()
            .select_related(Painter::teacher.teacher)
            .prefetch_related(Painter::pupils.prefetch_related(Painter::pupils));
        let both = both.filter(Painter::id.is_in([anna, bert])).all(db)?;
        let found = json(&both);
        assert_eq!(found[0]["teacher"]["teacher"]["name"], json!("Anna"));
        assert_eq!(found[0]["teacher"]["teacher"]["teacher"], json!(bert));
        assert_eq!(found[0]["pupils"][0]["pupils"], json!([anna]));
        // An error inside leaves nothing behind.
        let mut full: &mut [u8] = &mut [0; 60];
        assert!(serde_json::to_writer(&mut full, &both).is_err());
        assert_eq!(json(&both), found);
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

fn json(value: &impl Serialize) -> serde_json::Value {
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
